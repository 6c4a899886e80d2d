//! Small tools for writing the shortest of several byte sequences.

/// Keeps what was written since `mark`, or what `write` writes if that is shorter.
pub(super) fn keep_shorter(out: &mut Vec<u8>, mark: usize, write: impl FnOnce(&mut Vec<u8>)) {
    let middle = out.len();
    write(out);
    if out.len() - middle < middle - mark {
        out.drain(mark..middle);
    } else {
        out.truncate(middle);
    }
}

/// Writes a number in decimal digits.
pub(super) fn push_number(out: &mut Vec<u8>, number: u16) {
    for divisor in [10_000, 1_000, 100, 10, 1] {
        if number >= divisor || divisor == 1 {
            // The remainder of a division by ten always fits.
            out.push(b'0' + u8::try_from(number / divisor % 10).unwrap_or_default());
        }
    }
}

/// Writes a control sequence with one count, which is left out when it is one.
pub(super) fn push_counted(out: &mut Vec<u8>, count: u16, last: u8) {
    out.extend_from_slice(b"\x1b[");
    if count != 1 {
        push_number(out, count);
    }
    out.push(last);
}
