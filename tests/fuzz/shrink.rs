//! Makes an input that fails shorter, as long as it goes on failing.

/// Tried so often at most: nobody waits for the very shortest.
const TRIES: usize = 4_000;

/// Leaves out pieces, large ones first, then smaller ones.
pub(crate) fn shortest(input: Vec<u8>, fails: &mut impl FnMut(&[u8]) -> bool) -> Vec<u8> {
    let mut best = input;
    let mut length = best.len() / 2;
    let mut tries = 0;
    while length > 0 {
        let mut start = 0;
        let before = best.len();
        while start < best.len() && tries < TRIES {
            tries += 1;
            let end = (start + length).min(best.len());
            let mut shorter = best.clone();
            shorter.drain(start..end);
            if fails(&shorter) {
                best = shorter;
            } else {
                start = end;
            }
        }
        if best.len() == before || length > 1 {
            length /= 2;
        }
    }
    best
}
