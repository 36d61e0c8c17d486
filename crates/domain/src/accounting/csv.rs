//! Lines of CSV for spreadsheets (RFC 4180).
//!
//! Decided here: a text that a spreadsheet would take for a formula gets an apostrophe in front,
//! because people write descriptions; numbers keep their sign.

/// Appends a row.
pub fn row(out: &mut String, cells: &[&str]) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        append(out, cell);
    }
    out.push_str("\r\n");
}

fn append(out: &mut String, text: &str) {
    let is_number = !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'.'));
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number;
    let needs_quotes = text.contains([',', '"', '\n', '\r']);
    if needs_quotes {
        out.push('"');
    }
    if is_formula {
        out.push('\'');
    }
    for c in text.chars() {
        if c == '"' {
            out.push('"');
        }
        out.push(c);
    }
    if needs_quotes {
        out.push('"');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // BEY-13
    #[test]
    fn cells_survive_spreadsheets() {
        let mut out = String::new();
        row(&mut out, &["plain", "a,b", "say \"hi\"", "", "-12.50", "=1+1", "-x", "a\nb"]);
        let expected = "plain,\"a,b\",\"say \"\"hi\"\"\",,-12.50,'=1+1,'-x,\"a\nb\"\r\n";
        assert_eq!(out, expected);
    }
}
