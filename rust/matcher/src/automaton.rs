//! An automaton that tells whether an expression matches at the start of a path, in time linear in the path.
//! Translating expressions belongs to `pyregex`; which patterns share an automaton is decided by `group`.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::OnceLock;

use regex_automata::hybrid::dfa::{Cache, DFA};
use regex_automata::nfa::thompson::pikevm::{self, PikeVM};
use regex_automata::nfa::thompson::{Compiler, Config, NFA, WhichCaptures};
use regex_automata::util::look::LookMatcher;
use regex_automata::util::pool::Pool;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::Hir;

use crate::pyregex::NEWLINE_AT_END;

/// Bytes that one compiled expression may take; a counted repetition of counted repetitions wants far more.
const MAX_PROGRAM: usize = 2 << 20;
/// Bytes of automaton states that one thread keeps.
const STATE_CACHE: usize = 1 << 20;

type CachePool<T> = Pool<T, Box<dyn Fn() -> T + Send + Sync + UnwindSafe + RefUnwindSafe>>;

/// A compiled expression.
pub(crate) struct Automaton {
    nfa: NFA,
    lazy: OnceLock<Engines>,
}

/// The engines, made when the first path is asked for.
struct Engines {
    dfa: Option<(DFA, CachePool<Cache>)>,
    fallback: Option<(PikeVM, CachePool<pikevm::Cache>)>,
}

impl std::fmt::Debug for Automaton {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Automaton({} states)", self.nfa.states().len())
    }
}

/// The compiled expression would be larger than is allowed.
#[derive(Debug)]
pub(crate) struct TooLarge;

impl Automaton {
    /// Compiles a tree that [`crate::pyregex::translate`] made.
    pub(crate) fn new(hir: &Hir) -> Result<Automaton, TooLarge> {
        let mut look = LookMatcher::new();
        look.set_line_terminator(NEWLINE_AT_END);
        let config = Config::new()
            .utf8(false)
            .nfa_size_limit(Some(MAX_PROGRAM))
            .which_captures(WhichCaptures::None)
            .look_matcher(look);
        let nfa = Compiler::new()
            .configure(config)
            .build_from_hir(hir)
            .map_err(|_| TooLarge)?;
        Ok(Automaton {
            nfa,
            lazy: OnceLock::new(),
        })
    }

    /// Whether the expression matches at the start of `path`, whose last newline is [`NEWLINE_AT_END`].
    pub(crate) fn matches(&self, path: &[u8]) -> bool {
        let engines = self.lazy.get_or_init(|| Engines::new(&self.nfa));
        let input = Input::new(path).anchored(Anchored::Yes).earliest(true);
        if let Some((dfa, pool)) = &engines.dfa
            && let Ok(found) = dfa.try_search_fwd(&mut pool.get(), &input)
        {
            return found.is_some();
        }
        match &engines.fallback {
            Some((vm, pool)) => vm.is_match(&mut pool.get(), input),
            None => false,
        }
    }
}

impl Engines {
    fn new(nfa: &NFA) -> Engines {
        let config = DFA::config()
            .cache_capacity(STATE_CACHE)
            .skip_cache_capacity_check(true)
            .minimum_cache_clear_count(Some(3));
        let dfa = DFA::builder()
            .configure(config)
            .build_from_nfa(nfa.clone())
            .ok();
        let fallback = PikeVM::builder().build_from_nfa(nfa.clone()).ok();
        Engines {
            dfa: dfa.map(|dfa| {
                let copy = dfa.clone();
                let pool: CachePool<Cache> = Pool::new(Box::new(move || copy.create_cache()));
                (dfa, pool)
            }),
            fallback: fallback.map(|vm| {
                let copy = vm.clone();
                let pool: CachePool<pikevm::Cache> =
                    Pool::new(Box::new(move || copy.create_cache()));
                (vm, pool)
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pyregex::translate;

    fn matches(expression: &str, path: &[u8]) -> bool {
        Automaton::new(&translate(expression.as_bytes()).unwrap().hir)
            .unwrap()
            .matches(path)
    }

    #[test]
    fn anchored_at_the_start_only() {
        assert!(matches("ab", b"abc"));
        assert!(!matches("b", b"abc"));
        assert!(matches("", b"abc"));
        assert!(matches("a$|abc$", b"abc"));
        assert!(!matches("ab$", b"abc"));
        assert!(matches(r"[\xe9]", b"\xe9"));
        assert!(matches("(?i)A[b]", b"aB"));
        assert!(!matches(r"\w", "é".as_bytes()));
    }

    #[test]
    fn a_newline_at_the_end_is_before_the_end() {
        let path = b"a\0"; // stands for "a\n"
        assert!(matches("a$", path));
        assert!(!matches(r"a\Z", path));
        assert!(matches(r"a\n\Z", path));
        assert!(matches(r"a$\n$", path));
        assert!(matches(r"a[^b]$", path));
        assert!(!matches(r"a.", path));
        assert!(matches(r"(?s)a.$", path));
        assert!(!matches(r"a\x00", path));
    }

    #[test]
    fn hostile_repetitions_are_refused_and_slow_ones_are_linear() {
        let huge = translate(b"((a{1000}){1000}){1000}").unwrap();
        assert!(Automaton::new(&huge.hir).is_err());
        let path = [b'a'; 4000];
        assert!(!matches("(a*)*(a*)*(a|a|aa)*b", &path));
        assert!(!matches("(a?){100}(a+)+b", &path));
    }
}
