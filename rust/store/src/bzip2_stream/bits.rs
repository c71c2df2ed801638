//! Rows of bits, the highest one of a byte first, that need not begin or end with a byte.
//! What the bits mean is not known here.

/// Bits that are put together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bits {
    bytes: Vec<u8>,
    /// How many bits of the last byte are used; 0 with none.
    used: usize,
}

impl Bits {
    /// Appends `len` bits of `bytes`, from bit `start` on.
    pub(super) fn append(&mut self, bytes: &[u8], start: usize, len: usize) {
        let (mut at, end) = (start, start + len);
        if len == 0 {
            return;
        }
        if self.used % 8 == at % 8 && self.used != 0 {
            // the rest of a byte, so that what follows is whole bytes on both sides
            let count = (8 - at % 8).min(end - at);
            self.push(u64::from(bytes[at / 8]) >> (8 - at % 8 - count), count);
            at += count;
        }
        if self.is_aligned() && at % 8 == 0 {
            let whole = (end - at) / 8;
            self.bytes.extend_from_slice(&bytes[at / 8..at / 8 + whole]);
            at += 8 * whole;
            if whole > 0 {
                self.used = 8;
            }
        } else {
            let shift = at % 8;
            while end - at >= 8 {
                let low = bytes.get(at / 8 + 1).map_or(0, |byte| u16::from(*byte));
                let two = u16::from(bytes[at / 8]) << 8 | low;
                self.push_byte((two << shift >> 8) as u8);
                at += 8;
            }
        }
        while at < end {
            self.push(u64::from(bytes[at / 8] >> (7 - at % 8) & 1), 1);
            at += 1;
        }
    }

    fn push_byte(&mut self, byte: u8) {
        if self.is_aligned() {
            self.bytes.push(byte);
            self.used = 8;
        } else if let Some(last) = self.bytes.last_mut() {
            *last |= byte >> self.used;
            self.bytes.push(byte << (8 - self.used));
        }
    }

    /// Appends the lowest `count` bits of `value`, at most 56.
    pub(super) fn push(&mut self, value: u64, count: usize) {
        let mut left = count;
        while left > 0 {
            if self.is_aligned() {
                self.bytes.push(0);
                self.used = 0;
            }
            let now = (8 - self.used).min(left);
            let part = (value >> (left - now)) as u8 & (0xff_u16 >> (8 - now)) as u8;
            if let Some(last) = self.bytes.last_mut() {
                *last |= part << (8 - self.used - now);
            }
            self.used += now;
            left -= now;
        }
    }

    fn is_aligned(&self) -> bool {
        self.bytes.is_empty() || self.used == 8
    }

    /// How many bits there are.
    pub(super) fn len(&self) -> usize {
        match self.bytes.len() {
            0 => 0,
            bytes => 8 * (bytes - 1) + self.used,
        }
    }

    /// The bytes; what is missing of the last one is zeros.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Takes the bytes that are whole.
    pub(super) fn take_whole(&mut self) -> Vec<u8> {
        let whole = match self.is_aligned() {
            true => self.bytes.len(),
            false => self.bytes.len() - 1,
        };
        let rest = self.bytes.split_off(whole);
        std::mem::replace(&mut self.bytes, rest)
    }
}

/// `count` bits, at most 56, from bit `start` on; `None` where there are not so many.
pub(super) fn bits_at(bytes: &[u8], start: usize, count: usize) -> Option<u64> {
    if start + count > 8 * bytes.len() {
        return None;
    }
    let first = start / 8;
    let mut window = [0; 8];
    let from = &bytes[first..bytes.len().min(first + 8)];
    window[..from.len()].copy_from_slice(from);
    Some(u64::from_be_bytes(window) << (start % 8) >> (64 - count))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_pieces_are_put_together(
            bytes in proptest::collection::vec(any::<u8>(), 1..40),
            cuts in proptest::collection::vec(0usize..320, 0..8),
            first in 0usize..20,
        ) {
            let total = 8 * bytes.len();
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut % (total + 1)).collect();
            cuts.extend([0, total]);
            cuts.sort_unstable();
            let mut joined = Bits::default();
            joined.push(1, first);
            let mut out = Vec::new();
            for pair in cuts.windows(2) {
                joined.append(&bytes, pair[0], pair[1] - pair[0]);
                prop_assert_eq!(8 * out.len() + joined.len(), first + pair[1]);
                out.extend(joined.take_whole());
            }
            out.extend_from_slice(joined.bytes());
            for at in 0..total {
                prop_assert_eq!(bits_at(&out, first + at, 1), bits_at(&bytes, at, 1));
            }
            prop_assert_eq!(bits_at(&bytes, total - 1, 2), None);
        }
    }
}
