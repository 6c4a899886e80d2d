//! Digits found in a number as in its text.

/// A run of digits, looked for in numbers without writing these out: a letter of the
/// filter asks a hundred thousand of them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Digits {
    value: u64,
    /// The least number with as many digits.
    least: u64,
}

impl Digits {
    pub(super) fn of(word: &str) -> Option<Self> {
        let is_run = word.bytes().all(|byte| byte.is_ascii_digit());
        let others = u32::try_from(word.len()).ok()?.checked_sub(1)?;
        Some(Self {
            value: is_run.then(|| word.parse().ok())??,
            least: 10_u64.checked_pow(others)?,
        })
    }

    pub(super) fn are_in(self, number: u64) -> bool {
        let mut rest = number;
        loop {
            if rest < self.least && (rest, self.least) != (0, 1) {
                return false;
            }
            let end = self.least.checked_mul(10).map_or(rest, |next| rest % next);
            if end == self.value {
                return true;
            }
            if rest < 10 {
                return false;
            }
            rest /= 10;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_found_in_a_number_as_in_its_text() {
        let numbers = [0, 1, 7, 10, 105, 1_005, 156_506, 999_999, 4_294_967_295];
        let words = [
            "0",
            "1",
            "00",
            "05",
            "5",
            "50",
            "005",
            "6506",
            "156506",
            "1565061",
            "99",
            "4294967295",
            "94967295",
            "42949672950",
            "99999999999999999999",
        ];
        for number in numbers {
            for word in words {
                let found = Digits::of(word).is_some_and(|digits| digits.are_in(number));
                assert_eq!(
                    found,
                    number.to_string().contains(word),
                    "{word} in {number}"
                );
            }
        }
        assert!(Digits::of("12a").is_none());
        assert!(Digits::of("").is_none());
    }
}
