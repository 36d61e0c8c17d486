//! Files put together in one archive (ZIP, PKWARE's APPNOTE 6.3.10), for people to download.
//!
//! Decided here: files are stored as they are, without compression, and with one fixed date, so
//! that the same files give the same bytes. An archive holds fewer than 65,536 files and 4 GiB;
//! more is refused.

/// Version of the format that a reader needs: 2.0.
const VERSION: u16 = 20;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
/// The first day that the format can name, 1980-01-01.
const NO_DATE: u16 = (1 << 5) | 1;

/// The archive would be larger than the format allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the files are too large for one archive")]
pub struct TooLarge;

/// The archive of these files: name and bytes of each.
pub fn archive(files: &[(&str, &[u8])]) -> Result<Vec<u8>, TooLarge> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for (name, bytes) in files {
        let offset = u32::try_from(out.len()).map_err(|_| TooLarge)?;
        let entry = entry(name, bytes)?;
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&entry);
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(bytes);
        directory.extend_from_slice(b"PK\x01\x02");
        directory.extend_from_slice(&VERSION.to_le_bytes());
        directory.extend_from_slice(&entry);
        // No comment, first disk, no attributes.
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(name.as_bytes());
    }
    let start = u32::try_from(out.len()).map_err(|_| TooLarge)?;
    let length = u32::try_from(directory.len()).map_err(|_| TooLarge)?;
    let count = u16::try_from(files.len()).map_err(|_| TooLarge)?;
    out.append(&mut directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    Ok(out)
}

/// What a file's header and its entry in the directory have in common.
fn entry(name: &str, bytes: &[u8]) -> Result<Vec<u8>, TooLarge> {
    let size = u32::try_from(bytes.len()).map_err(|_| TooLarge)?;
    let name_size = u16::try_from(name.len()).map_err(|_| TooLarge)?;
    let mut out = Vec::with_capacity(26);
    for field in [VERSION, UTF8, 0, 0, NO_DATE] {
        out.extend_from_slice(&field.to_le_bytes());
    }
    for field in [crc32(bytes), size, size] {
        out.extend_from_slice(&field.to_le_bytes());
    }
    out.extend_from_slice(&name_size.to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    Ok(out)
}

/// The remainders of all bytes by the polynomial of CRC-32 (ISO 3309), least bit first.
const TABLE: [u32; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let mut rest = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            rest = if rest & 1 == 1 { (rest >> 1) ^ 0xedb8_8320 } else { rest >> 1 };
            bit += 1;
        }
        table[byte] = rest;
        byte += 1;
    }
    table
};

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        let [low, ..] = crc.to_le_bytes();
        (crc >> 8) ^ TABLE[usize::from(low ^ byte)]
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_the_usual_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    // REF-17
    #[test]
    fn an_archive_has_its_files_and_a_directory() {
        let made = archive(&[("a.txt", b"hello"), ("b/c.csv", b"")]).expect("small");
        assert!(made.starts_with(b"PK\x03\x04\x14\0\0\x08"));
        let end = made.len() - 22;
        assert_eq!(&made[end..end + 4], b"PK\x05\x06");
        assert_eq!(&made[end + 10..end + 12], &2_u16.to_le_bytes());
        let start = u32::from_le_bytes(made[end + 16..end + 20].try_into().expect("four"));
        assert_eq!(&made[start as usize..start as usize + 4], b"PK\x01\x02");
        assert_eq!(made.windows(5).filter(|it| it == b"a.txt").count(), 2);
        assert_eq!(archive(&[("a.txt", b"hello"), ("b/c.csv", b"")]), Ok(made));
    }
}
