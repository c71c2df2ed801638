//! The offset of the local time zone, from the files of the zone database.
//! Zones by rule (`EST5EDT`) and odd files are left to Python.

use std::path::PathBuf;

use hyg_base::{Error, ErrorId, Result};

use crate::environment::Environment;

/// Seconds that the local zone is west of UTC at a moment.
///
/// # Errors
/// [`ErrorId::Unsupported`] where that takes more than a table.
pub fn local_offset(env: &Environment, seconds: i64) -> Result<i32> {
    let path = match env
        .var(b"TZ")
        .map(|name| name.strip_prefix(b":").unwrap_or(name))
    {
        Some(b"" | b"UTC" | b"UTC0" | b"GMT" | b"GMT0" | b"Etc/UTC") => return Ok(0),
        Some(name) => {
            let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"/_+-".contains(byte);
            let name = std::str::from_utf8(name).ok();
            match name.filter(|name| name.bytes().all(|byte| plain(&byte)) && name.contains('/')) {
                Some(name) if !name.starts_with('/') => {
                    PathBuf::from("/usr/share/zoneinfo").join(name)
                }
                _ => return refused(),
            }
        }
        None => PathBuf::from("/etc/localtime"),
    };
    match std::fs::read(&path) {
        Ok(data) => offset_in(&data, seconds).map_or_else(refused, Ok),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && env.var(b"TZ").is_none() => {
            Ok(0)
        }
        Err(_) => refused(),
    }
}

fn refused<T>() -> Result<T> {
    Err(Error::new(ErrorId::Unsupported).with("feature", "this time zone"))
}

/// The counts in a header: of the sections that follow it.
struct Header {
    counts: [usize; 6],
}

impl Header {
    fn read(data: &[u8]) -> Option<Header> {
        if data.len() < 44 || !data.starts_with(b"TZif") {
            return None;
        }
        let mut counts = [0; 6];
        for (index, count) in counts.iter_mut().enumerate() {
            let at = 20 + 4 * index;
            *count = u32::from_be_bytes(data.get(at..at + 4)?.try_into().ok()?) as usize;
        }
        Some(Header { counts })
    }

    /// The size of the sections, where times have `width` bytes.
    fn size(&self, width: usize) -> usize {
        let [is_ut, is_std, leaps, times, types, chars] = self.counts;
        times * (width + 1) + types * 6 + chars + leaps * (width + 4) + is_std + is_ut
    }
}

/// Seconds that a zone is west of UTC at a moment, as the bytes of a file of the zone database say; none where that takes
/// more than a table, or they are none.
pub fn offset_in(data: &[u8], seconds: i64) -> Option<i32> {
    let first = Header::read(data)?;
    if data[4] < b'2' {
        return None;
    }
    let body = data.get(44 + first.size(4)..)?;
    let header = Header::read(body)?;
    let [_, _, _, times, types, _] = header.counts;
    let sections = body.get(44..)?;
    let moment = |index: usize| -> Option<i64> {
        let bytes = sections.get(index * 8..index * 8 + 8)?;
        Some(i64::from_be_bytes(bytes.try_into().ok()?))
    };
    let mut low = 0;
    let mut high = times;
    while low < high {
        let middle = low + (high - low) / 2;
        if moment(middle)? <= seconds {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    let footer = body.get(44 + header.size(8)..)?.trim_ascii();
    if low == times && footer.contains(&b',') {
        return None;
    }
    let kind = match low {
        0 => 0,
        after => usize::from(*sections.get(times * 8 + after - 1)?),
    };
    if kind >= types {
        return None;
    }
    let at = times * 9 + kind * 6;
    let east = i32::from_be_bytes(sections.get(at..at + 4)?.try_into().ok()?);
    east.checked_neg()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offset(zone: Option<&str>, seconds: i64) -> Option<i32> {
        let named = zone.map(|zone| (b"TZ".to_vec(), zone.as_bytes().to_vec()));
        local_offset(&Environment::new(named), seconds).ok()
    }

    /// A file of two types, of which the second holds from 1000 on.
    fn file(footer: &str) -> Vec<u8> {
        let head = |counts: [u32; 6]| {
            let mut out = b"TZif2".to_vec();
            out.resize(20, 0);
            out.extend(counts.iter().flat_map(|count| count.to_be_bytes()));
            out
        };
        let mut data = head([0, 0, 0, 0, 1, 1]);
        data.extend([0; 7]);
        data.extend(head([0, 0, 0, 1, 2, 4]));
        data.extend(1000_i64.to_be_bytes());
        data.push(1);
        for (offset, index) in [(0_i32, 0), (3600, 0)] {
            data.extend(offset.to_be_bytes());
            data.extend([0, index]);
        }
        data.extend(b"ABC\0\n");
        data.extend(footer.as_bytes());
        data.push(b'\n');
        data
    }

    #[test]
    fn names_and_tables() {
        assert_eq!(offset(Some("UTC"), 0), Some(0));
        assert_eq!(offset(Some("EST5EDT"), 0), None);
        assert_eq!(offset(Some("../etc/passwd"), 0), None);
        assert_eq!(offset_in(&file("ABC-1"), 999), Some(0));
        assert_eq!(offset_in(&file("ABC-1"), 1000), Some(-3600));
        assert_eq!(offset_in(&file("A1B,M3.2.0,M11.1.0"), 1000), None);
        assert_eq!(offset_in(&file("A1B,M3.2.0,M11.1.0"), 1), Some(0));
        let mut whole = file("ABC-1");
        let place = whole.len() - 17;
        assert_eq!(whole[place..place + 4], 3600_i32.to_be_bytes());
        whole[place..place + 4].copy_from_slice(&i32::MIN.to_be_bytes());
        assert_eq!(offset_in(&whole, 1000), None);
        let whole = file("ABC-1");
        for cut in 0..whole.len() - 16 {
            assert_eq!(offset_in(&whole[..cut], 1000), None, "{cut}");
        }
    }
}
