//! Where a thread that helps for some milliseconds starts: on another core than the one who calls for help.
//! What such threads do belongs to their callers.

#[cfg(target_os = "linux")]
use rustix::thread::{CpuSet, sched_getaffinity, sched_getcpu, sched_setaffinity};

/// The cores on which helpers may start. Linux often puts a new thread on the core of its parent and lets the two take
/// turns of four milliseconds there, while another core is idle: half of the work is over before it notices.
#[derive(Clone, Copy, Debug, Default)]
pub struct OtherCores {
    #[cfg(target_os = "linux")]
    sets: Option<(CpuSet, CpuSet)>,
}

impl OtherCores {
    /// Those that the calling thread does not run on.
    #[cfg(target_os = "linux")]
    pub fn find() -> OtherCores {
        let Ok(all) = sched_getaffinity(None) else {
            return OtherCores::default();
        };
        let mut others = all;
        let own = sched_getcpu();
        if own < CpuSet::MAX_CPU {
            others.unset(own);
        }
        OtherCores {
            sets: (others.count() > 0).then_some((others, all)),
        }
    }

    /// Nothing is known about cores here.
    #[cfg(not(target_os = "linux"))]
    pub fn find() -> OtherCores {
        OtherCores::default()
    }

    /// Moves the calling thread, which may then go wherever its parent might. Only how fast it begins depends on this.
    pub fn start(&self) {
        #[cfg(target_os = "linux")]
        if let Some((others, all)) = &self.sets
            && sched_setaffinity(None, others).is_ok()
        {
            let _free_again = sched_setaffinity(None, all);
        }
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_helper_starts_elsewhere_and_is_free_afterwards() {
        let before = sched_getaffinity(None).unwrap();
        let others = OtherCores::find();
        let after = std::thread::scope(|scope| {
            let helper = scope.spawn(|| {
                others.start();
                sched_getaffinity(None).unwrap()
            });
            helper.join().unwrap()
        });
        assert_eq!(after, before);
        assert_eq!(sched_getaffinity(None).unwrap(), before);
        assert_eq!(others.sets.is_some(), before.count() > 1);
    }
}
