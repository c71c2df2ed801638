//! What `status` is asked to show, from its options and the configuration.
//! Finding it out is core's; this module only decides and declines.

use hyg_core::ops::status::{Compared, StatusKind, StatusKinds};

use crate::decline::{Decision, Decline, decline_if};
use crate::invocation::Invocation;
use crate::session::Session;

/// The decisions of one `status`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StatusChoice {
    /// What is compared.
    pub(crate) compared: Compared,
    /// What is shown.
    pub(crate) kinds: StatusKinds,
    /// Whether lines begin with letters.
    pub(crate) letters: bool,
    /// Whether sources of copies are shown.
    pub(crate) copies: bool,
    /// How paths look.
    pub(crate) relative: Relative,
}

/// Whether paths are shown from the current directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relative {
    /// Said by `commands.status.relative`, which decides alone.
    Settled(bool),
    /// Left to `ui.relative-paths`, with this where that leaves it open.
    Open(bool),
}

/// Options that show one kind each.
const KIND_OPTIONS: [(&str, StatusKind); 7] = [
    ("modified", StatusKind::Modified),
    ("added", StatusKind::Added),
    ("removed", StatusKind::Removed),
    ("deleted", StatusKind::Deleted),
    ("unknown", StatusKind::Unknown),
    ("ignored", StatusKind::Ignored),
    ("clean", StatusKind::Clean),
];

impl StatusChoice {
    /// Reads options and configuration.
    ///
    /// # Errors
    /// A reason to leave it to Python.
    pub(crate) fn read(invocation: &Invocation<'_>, session: &Session) -> Decision<StatusChoice> {
        invocation.leave_to_python(&["terse", "subrepos"])?;
        let config = &session.config;
        let compared = compared(invocation, session)?;
        let terse = config.text_or_default("commands", "status.terse");
        decline_if(terse.is_some_and(|text| !text.is_empty()), "status.terse")?;
        let all = invocation.is_on("all");
        let wants_copies = match invocation.flag("copies") {
            Some(on) => on,
            None => config.is_on("ui", "statuscopies")?,
        };
        let letters = !invocation.is_on("no-status");
        let print0 = invocation.is_on("print0");
        let more = session.verbose || config.is_on("commands", "status.verbose")?;
        if more && !config.plain().is_active() && !print0 {
            let unfinished = session.has_unfinished_operation()?;
            decline_if(unfinished, "an unfinished operation to mention")?;
        }
        Ok(StatusChoice {
            compared,
            kinds: kinds(invocation, session.quiet),
            letters,
            copies: (wants_copies || all) && letters,
            relative: relative(invocation, session)?,
        })
    }

    /// Whether files on disk matter.
    pub(crate) fn looks_at_working_copy(&self) -> bool {
        !matches!(self.compared, Compared::Revisions(..))
    }
}

fn kinds(invocation: &Invocation<'_>, quiet: bool) -> StatusKinds {
    let tracked = &StatusKind::ALL[..4];
    let asked = KIND_OPTIONS
        .iter()
        .filter(|(name, _)| invocation.is_on(name));
    let mut kinds: StatusKinds = asked.map(|(_, kind)| *kind).collect();
    if invocation.is_on("all") {
        let usual = match quiet {
            true => tracked,
            false => &StatusKind::ALL,
        };
        kinds = usual.iter().fold(kinds, |kinds, kind| kinds.with(*kind));
        kinds = kinds.with(StatusKind::Clean);
    }
    if !kinds.is_empty() {
        return kinds;
    }
    let usual = match quiet {
        true => tracked,
        false => &StatusKind::ALL[..5],
    };
    usual.iter().copied().collect()
}

fn relative(invocation: &Invocation<'_>, session: &Session) -> Decision<Relative> {
    let config = &session.config;
    if config.is_set(b"commands", b"status.relative") {
        return Ok(Relative::Settled(
            config.is_on("commands", "status.relative")?,
        ));
    }
    Ok(Relative::Open(!invocation.args.is_empty()))
}

fn compared(invocation: &Invocation<'_>, session: &Session) -> Decision<Compared> {
    let revisions = invocation.values("rev");
    let change = invocation.value("change");
    decline_if(
        change.is_some() && !revisions.is_empty(),
        "--rev and --change",
    )?;
    if let Some(name) = change {
        let rev = session.revision(name)?;
        decline_if(rev.is_null(), "the null revision")?;
        let changelog = session.repo()?.changelog()?;
        let [first, _] = changelog.revlog().parents(rev)?;
        return Ok(Compared::Revisions(first, rev));
    }
    match revisions.as_slice() {
        [] => Ok(Compared::WorkingCopy),
        [base] => Ok(Compared::WorkingCopyWith(session.side(base)?)),
        [from, to] => Ok(Compared::Revisions(session.side(from)?, session.side(to)?)),
        _ => Err(Decline::new("more than two revisions")),
    }
}
