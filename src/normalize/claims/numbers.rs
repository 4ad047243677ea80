//! Numbers in a statement.
//!
//! | written | taken as |
//! | --- | --- |
//! | `1,234` `1,234.50` | `1234` `1234.50`: commas between groups of three |
//! | `<5%` `~200` `$3` `100+` `(12)` `alerts=0` | `5` `200` `3` `100` `12` `0`: without sign of unit or estimate |
//! | `-3` `+35/-36` `24-48` `3/4` | `-3`, `35` and `-36`, `24` and `48`, `3` and `4` |
//! | `.5` | `0.5` |
//! | `1.234,5` `1,23` `1,2,3` | nothing: which of the two readings is meant is not known |
//! | `v1.2` `2.12.4` `SHA-256` `10ms` `5-second` `#12` `CVE-2024-1234` `a1b2c3d` | nothing: part of a name or a word |
//! | `2026-01-31` `31.01.2026` `12:30` `main.rs:303` `https://a/1` `007` | nothing: dates, times, places, codes |
//! | `no` `zero` `none` `two` | nothing: words |
//!
//! A date in words (`December 17, 2025`) is two numbers, and a version of two parts (`Python 3.11`) is one.

/// How many digits a number has at most; what has more is a code.
const MOST_DIGITS: usize = 15;

/// The numbers of a text, in its order: an optional `-`, digits, and an optional fraction.
pub(super) fn numbers(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in text.split_whitespace().filter(|word| word.bytes().any(|byte| byte.is_ascii_digit())) {
        if word.contains("://") {
            continue;
        }
        for part in word.split(|character| !belongs(character)) {
            found.extend(of_part(part));
        }
    }
    found
}

/// Whether a character makes one word of what stands on both sides of it.
fn belongs(character: char) -> bool {
    character.is_alphanumeric()
        || matches!(
            character,
            '.' | ',' | '/' | ':' | '#' | '@' | '_' | '\\' | '-' | '\u{2212}' | '+' | '%' | '^' | '&'
        )
}

fn of_part(part: &str) -> Vec<String> {
    let part = part.trim_end_matches(['.', ',', ':', '/']).trim_start_matches([',', ':', '/']);
    if let Some(number) = signed(part) {
        return vec![number];
    }
    let both = |(left, right): (&str, &str), read: fn(&str) -> Option<String>| Some(vec![read(left)?, read(right)?]);
    part.split_once('/')
        .and_then(|sides| both(sides, signed))
        .or_else(|| part.split_once('-').and_then(|sides| both(sides, unsigned)))
        .unwrap_or_default()
}

fn signed(part: &str) -> Option<String> {
    let number = unsigned(part.trim_start_matches('+').trim_start_matches(['-', '\u{2212}']))?;
    let negative = part.starts_with(['-', '\u{2212}']) && number.bytes().any(|byte| matches!(byte, b'1'..=b'9'));
    Some(if negative { format!("-{number}") } else { number })
}

fn unsigned(part: &str) -> Option<String> {
    let part = part.strip_suffix('%').unwrap_or(part);
    let part = part.strip_suffix('+').unwrap_or(part);
    let (whole, fraction) = match part.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (part, None),
    };
    let is_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if fraction.is_some_and(|fraction| !is_digits(fraction)) {
        return None;
    }
    let groups: Vec<&str> = whole.split(',').collect();
    let whole = match groups.as_slice() {
        [""] if fraction.is_some() => "0".to_owned(),
        [only] if is_digits(only) => (*only).to_owned(),
        [first, rest @ ..] if !rest.is_empty() => {
            let fits =
                is_digits(first) && first.len() <= 3 && rest.iter().all(|group| group.len() == 3 && is_digits(group));
            fits.then(|| groups.concat())?
        }
        _ => return None,
    };
    let is_code = whole.len() > 1 && whole.starts_with('0');
    if is_code || whole.len() + fraction.map_or(0, str::len) > MOST_DIGITS {
        return None;
    }
    Some(fraction.map_or(whole.clone(), |fraction| format!("{whole}.{fraction}")))
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[test]
    fn what_is_written_as_a_number_is_one() {
        for (text, expected) in [
            ("0 alerts", "0"),
            ("1,234 lines of 1,234,567.50", "1234 1234567.50"),
            ("<5% and ~200, (12), $3, 100+, §4, ≥0.8.", "5 200 12 3 100 4 0.8"),
            ("alerts=0; x=-3 and −4", "0 -3 -4"),
            ("+35/-36 or 25/30 or 24-48 or 1–2", "35 -36 25 30 24 48 1 2"),
            ("99.9% .5 0.50 -0", "99.9 0.5 0.50 0"),
            ("December 17, 2025", "17 2025"),
            ("Python 3.11", "3.11"),
            ("(+175 lines)", "175"),
        ] {
            assert_eq!(numbers(text).join(" "), expected, "{text}");
        }
    }

    #[test]
    fn what_is_part_of_a_name_is_none() {
        for text in [
            "1.234,5",
            "1,23",
            "1,2,3",
            "v1.2",
            "2.12.4",
            "V2",
            "SHA-256",
            "UTF-8",
            "10ms",
            "2x",
            "5-second",
            "#12",
            "CVE-2024-1234",
            "a1b2c3d",
            "2026-01-31",
            "31.01.2026",
            "01/31/2026",
            "2026-01",
            "12:30",
            "main.rs:303",
            "https://a.b/c?page=2",
            "007",
            "192.168.0.1",
            "1234567890123456",
            "no zero none two",
            "1e5",
            "0x1f",
            "a/1",
            "user@2",
            "x_1",
            "1st",
            "--3-4",
        ] {
            assert_eq!(numbers(text), [""; 0], "{text}");
        }
    }
}
