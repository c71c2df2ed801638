//! `diff`: the sides and the style from options and configuration.
//! The patches are core's; binary ones in git's form, words and subrepositories are left to Python.

use hyg_base::{NoInterrupt, Rev};
use hyg_core::config::Config;
use hyg_core::matching::NoExotic;
use hyg_core::ops::diff::{DiffRequest, Patches, Style};
use hyg_core::ops::files::{FilesRequest, with_files};
use hyg_core::ops::status::{Compared, StatusKind, StatusReport, StatusRequest, status};
use hyg_core::render::{self, FileStat, Page};
use hyg_core::text::compare::Comparison;
use hyg_core::text::label::Labeller;
use hyg_core::text::unified;
use hyg_core::text::whitespace::Ignored;
use hyg_core::zone;

use super::selecting::matcher;
use super::showing::{no_compression, whole_names};
use super::{Answer, Run, spill};
use crate::decline::{Decision, Decline, decline_if};
use crate::invocation::Invocation;
use crate::process::{DEFAULT_WIDTH, Output, terminal_width};
use crate::session::Session;

/// A section of the configuration that gives options their defaults.
pub(super) struct Choice<'a> {
    invocation: &'a Invocation<'a>,
    config: &'a Config,
    section: &'a str,
}

impl<'a> Choice<'a> {
    pub(super) fn new(run: &Run<'a>, section: &'a str) -> Choice<'a> {
        Choice {
            invocation: run.invocation,
            config: &run.session.config,
            section,
        }
    }

    /// An option, else the item of the configuration.
    fn flag(&self, option: &str, item: &str) -> Decision<bool> {
        match self.invocation.flag(option) {
            Some(on) => Ok(on),
            None => Ok(self.config.is_on(self.section, item)?),
        }
    }

    /// The same, but the configuration does not count for scripts.
    fn flag_for_people(&self, option: &str, item: &str) -> Decision<bool> {
        match self.invocation.flag(option) {
            Some(on) => Ok(on),
            None if self.config.plain().is_active() => Ok(false),
            None => Ok(self.config.is_on(self.section, item)?),
        }
    }

    /// How lines are compared.
    pub(super) fn comparison(&self) -> Decision<Comparison> {
        Ok(Comparison {
            ignored: Ignored {
                all: self.flag("ignore-all-space", "ignorews")?,
                amount: self.flag("ignore-space-change", "ignorewsamount")?,
                at_end: self.flag("ignore-space-at-eol", "ignorewseol")?,
                blank_lines: self.flag("ignore-blank-lines", "ignoreblanklines")?,
            },
            xdiff: self.config.is_on("experimental", "xdiff")?,
        })
    }

    fn context(&self) -> Decision<usize> {
        let given = self.invocation.value("unified");
        let text = given.or_else(|| self.config.get(self.section.as_bytes(), b"unified"));
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            return Ok(3);
        };
        let number = std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse::<i64>().ok());
        match number {
            Some(number) => Ok(usize::try_from(number.max(0)).unwrap_or(0)),
            None => Err(Decline::new("a number of lines that is none")),
        }
    }

    fn index(&self) -> Decision<usize> {
        match self.config.get(b"experimental", b"extendedheader.index") {
            None | Some(b"none") => Ok(0),
            Some(b"short" | b"") => Ok(12),
            Some(b"full") => Ok(40),
            Some(_) => Err(Decline::new("an odd length of hashes")),
        }
    }

    pub(super) fn style(&self) -> Decision<Style> {
        let words = self.flag_for_people("word-diff", "word-diff")?;
        decline_if(words, "words that differ")?;
        Ok(Style {
            text: unified::Options {
                comparison: self.comparison()?,
                context: self.context()?,
                show_function: self.flag("show-function", "showfunc")?,
                git: self.flag("git", "git")?,
                no_dates: self.flag("nodates", "nodates")?,
                no_prefix: self.flag_for_people("noprefix", "noprefix")?,
            },
            as_text: self.invocation.is_on("text"),
            no_binary: match self.invocation.flag("binary") {
                Some(on) => !on,
                None => self.flag_for_people("nobinary", "nobinary")?,
            },
            index: self.index()?,
            similarity: self
                .config
                .is_on("experimental", "extendedheader.similarity")?,
        })
    }
}

/// One side of a comparison; `None` is the working directory.
type Side = Option<Rev>;

fn sides(run: &Run<'_>) -> Decision<(Side, Side)> {
    let (invocation, session) = (run.invocation, run.session);
    let repo = session.repo()?;
    let one = |name: &[u8]| session.side(name).map(Some);
    let side = |name: Option<&[u8]>| match name {
        Some(name) => one(name),
        None => Ok(None),
    };
    let revisions = invocation.values("rev");
    let (from, to) = (invocation.value("from"), invocation.value("to"));
    if let Some(name) = invocation.value("change") {
        let others = !revisions.is_empty() || from.is_some() || to.is_some();
        decline_if(others, "--change and other sides")?;
        let rev = session.revision(name)?;
        decline_if(rev.is_null(), "the null revision")?;
        let parents = repo.changelog()?.revlog().parents(rev)?;
        let merges = session.config.is_on("diff", "merge")? && !parents[1].is_null();
        decline_if(merges, "diff.merge")?;
        return Ok((Some(parents[0]), Some(rev)));
    }
    if from.is_some() || to.is_some() {
        decline_if(!revisions.is_empty(), "--rev and --from or --to")?;
        return Ok((side(from)?, side(to)?));
    }
    match revisions.as_slice() {
        [] => Ok((Some(session.check_parents()?[0]), None)),
        [old] => Ok((one(old)?, None)),
        [old, new] => Ok((one(old)?, one(new)?)),
        _ => Err(Decline::new("more than two revisions")),
    }
}

/// The date of a side as headers show it.
fn date_of(session: &Session, side: Side) -> Decision<Vec<u8>> {
    let date = match side {
        Some(rev) => session.repo()?.changelog()?.changeset(rev)?.date()?,
        None => {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
            let seconds = now.map_or(0, |now| now.as_secs() as i64);
            let offset = zone::local_offset(&session.env, seconds)?;
            hyg_core::store::changelog::Date { seconds, offset }
        }
    };
    let mut out = Vec::with_capacity(30);
    render::date(date, &mut out);
    Ok(out)
}

/// Options that need Python.
const OPTIONS: [&str; 3] = ["ignore-changes-from-ancestors", "subrepos", "root"];

/// The patches, or the histogram.
pub(super) fn diff(run: &Run<'_>, output: &mut Output) -> Decision<Answer> {
    let (invocation, session) = (run.invocation, run.session);
    invocation.leave_to_python(&OPTIONS)?;
    let repo = session.repo()?;
    let style = Choice::new(run, "diff").style()?;
    let (mut old, mut new) = sides(run)?;
    if invocation.is_on("reverse") {
        std::mem::swap(&mut old, &mut new);
    }
    let (base, target) = match (old, new) {
        (None, None) => return Ok(Answer::default()),
        (None, Some(base)) => (base, None),
        (Some(base), target) => (base, target),
    };
    let matcher = matcher(invocation, session, target.is_none())?;
    if let (Some(rev), false) = (target, invocation.args.is_empty()) {
        let request = FilesRequest {
            rev: Some(rev),
            matcher: &*matcher,
        };
        let absent = with_files(repo, &request, |found| !found.absent.is_empty())?;
        decline_if(absent, "a file that is not there")?;
    }
    let found = status(
        repo,
        &StatusRequest {
            compared: match target {
                Some(target) => Compared::Revisions(base, target),
                None => Compared::WorkingCopyWith(base),
            },
            kinds: StatusKind::ALL[..4].iter().copied().collect(),
            copies: style.text.git,
            matcher: &*matcher,
            ignore_files: &[],
            exotic: &NoExotic,
            interrupt: &NoInterrupt,
        },
    )?;
    decline_if(!found.warnings.is_empty(), "a warning")?;
    let changed = |kind: &StatusKind| !found.report.paths(*kind).is_empty();
    let mut page = run.page()?;
    if StatusKind::ALL[..3].iter().any(changed) {
        write(run, (old, new), style, &found.report, (&mut page, output))?;
    }
    Ok(Answer {
        output: page.into_bytes(),
        code: 0,
        proposal: found.proposal,
        ..Answer::default()
    })
}

/// Writes the patches of what a report says, or their histogram.
fn write(
    run: &Run<'_>,
    (old, new): (Side, Side),
    mut style: Style,
    report: &StatusReport,
    (page, output): (&mut Page, &mut Output),
) -> Decision<()> {
    let session = run.session;
    let repo = session.repo()?;
    let stat = run.invocation.is_on("stat");
    if stat {
        whole_names(session)?;
        style.text.context = 0;
        style.text.no_prefix = false;
    }
    let git = style.text.git;
    let with_dates = !git && !style.text.no_dates && !stat;
    let date = |side| match with_dates {
        true => date_of(session, side),
        false => Ok(Vec::new()),
    };
    let revlog = repo.changelog()?.revlog();
    let mut names = Vec::new();
    for rev in [old, new].into_iter().flatten() {
        names.push(revlog.node(rev)?.to_hex()[..12].to_vec());
    }
    let (base, target) = match old {
        None => (new, None),
        old => (old, new),
    };
    let request = DiffRequest {
        base: base.unwrap_or(Rev::NULL),
        target,
        style,
        names,
        dates: [date(old)?, date(new)?],
        reverse: old.is_none(),
        root: Vec::new(),
    };
    let mut patches = Patches::new(repo, request, report)?;
    let mut labeller = Labeller::new(false);
    let mut stats = Vec::new();
    while let Some(patch) = patches.advance(repo, &no_compression)? {
        if stat {
            stats.extend(FileStat::of(&patch));
            continue;
        }
        render::patch(&patch, &mut labeller, page)?;
        // a binary file further on may still be Python's
        if !git {
            spill(run, page, output);
        }
    }
    if stat {
        let ascii = stats.iter().all(|stat| stat.name.is_ascii());
        decline_if(!ascii, "a wide name")?;
        render::histogram(&stats, width(run)?, page);
    }
    Ok(())
}

/// Columns of the screen.
pub(super) fn width(run: &Run<'_>) -> Decision<usize> {
    let session = run.session;
    if session.config.plain().is_active() {
        return Ok(DEFAULT_WIDTH);
    }
    match session.env.var(b"COLUMNS") {
        Some(text) => std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse().ok())
            .ok_or_else(|| Decline::new("an odd COLUMNS")),
        None => Ok(terminal_width(run.paged)),
    }
}
