//! Asking the processor for bytes before they are read. Knowing which bytes that will be belongs to who walks through them.

/// Asks for the line of memory that holds byte `at`, and does not wait for it; past the end nothing happens.
#[inline]
pub fn prefetch(bytes: &[u8], at: usize) {
    #[cfg(target_arch = "x86_64")]
    if let Some(byte) = bytes.get(at) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        #[expect(unsafe_code, reason = "an instruction that takes a pointer")]
        // SAFETY: the instruction belongs to every processor of this architecture, and reads nothing.
        unsafe {
            _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(byte).cast());
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _no_such_instruction = (bytes, at);
}

#[cfg(test)]
mod tests {
    use super::prefetch;

    #[test]
    fn any_position_may_be_asked_for() {
        for at in [0, 3, 4, usize::MAX] {
            prefetch(b"four", at);
        }
        prefetch(b"", 0);
    }
}
