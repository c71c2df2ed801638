//! How `log` and its like show changesets: as lines, through a template or as JSON; with what they changed, in a graph.
//! Which changesets there are is decided elsewhere; lines, patches and graphs are core's.

use std::sync::Arc;

use hyg_base::{Error, ErrorId, Rev};
use hyg_core::matching::Matcher;
use hyg_core::ops::diff::{Filelogs, Style, Wanted, patches_of};
use hyg_core::ops::graph::Ways;
use hyg_core::ops::log::{Teller, shown_changeset};
use hyg_core::render::{self, FileStat, Form, Graph, Looks, Page, Rows, Verbosity};
use hyg_core::repo::Repo;
use hyg_core::store::revlog::Window;
use hyg_core::template::Scope;
use hyg_core::text::label::Labeller;

use super::diff::{Choice, width};
use super::{Answer, PIECE, Run, spill};
use crate::decline::{Decision, Decline, decline_if};
use crate::process::Output;
use crate::session::Session;

/// Changesets whose patches are made together.
const PATCHES_AT_ONCE: usize = 256;
/// Filelogs that stay open from one such group to the next.
const MOST_FILELOGS: usize = 512;

/// How changesets are shown.
pub(super) struct Shape {
    form: Form,
    verbosity: Verbosity,
    changes: Option<Changes>,
    graph: Option<Looks>,
}

/// What is shown of what changesets changed.
struct Changes {
    patch: Option<Style>,
    stat: Option<Style>,
    matcher: Box<dyn Matcher>,
    width: usize,
}

/// What one changeset changed: for counting, and to be shown.
#[derive(Default)]
struct Changed {
    counted: Vec<Vec<u8>>,
    shown: Vec<Vec<u8>>,
}

impl Shape {
    /// By `-T`, `-q`, `-v` and the configuration.
    pub(super) fn of(run: &Run<'_>) -> Decision<Shape> {
        let (invocation, session) = (run.invocation, run.session);
        invocation.leave_to_python(&["style"])?;
        let form = run.form()?;
        session.check_names(b"tip")?;
        if let Form::Plain = form {
            for (section, name) in [("command-templates", "log"), ("ui", "style")] {
                let chosen = session.config.text_or_default(section, name);
                decline_if(chosen.is_some_and(|text| !text.is_empty()), "a template")?;
            }
            decline_if(has_markers(session.repo()?), "obsolescence markers")?;
        }
        let verbosity = match (session.quiet, session.verbose) {
            (true, _) => Verbosity::Quiet,
            (_, true) => Verbosity::Verbose,
            _ => Verbosity::Normal,
        };
        Ok(Shape {
            form,
            verbosity,
            changes: None,
            graph: None,
        })
    }

    /// With what changesets changed in the files of `matcher`, where `-p` or `--stat` ask for it.
    pub(super) fn with_changes(
        mut self,
        run: &Run<'_>,
        matcher: impl FnOnce() -> Decision<Box<dyn Matcher>>,
    ) -> Decision<Shape> {
        let (patch, stat) = (run.invocation.is_on("patch"), run.invocation.is_on("stat"));
        let quiet = matches!(self.form, Form::Plain) && self.verbosity == Verbosity::Quiet;
        if quiet || !(patch || stat) {
            return Ok(self);
        }
        decline_if(matches!(self.form, Form::Json), "patches as JSON")?;
        if stat {
            whole_names(run.session)?;
        }
        let style = Choice::new(run, "diff").style()?;
        let counting = || {
            let mut style = style;
            style.text.context = 0;
            style.text.no_prefix = false;
            style
        };
        self.changes = Some(Changes {
            patch: patch.then_some(style),
            stat: stat.then(counting),
            matcher: matcher()?,
            width: if stat { width(run)? } else { 0 },
        });
        Ok(self)
    }

    /// Beside a graph, where `-G` asks for it.
    pub(super) fn with_graph(mut self, run: &Run<'_>) -> Decision<Shape> {
        if !run.invocation.is_on("graph") {
            return Ok(self);
        }
        let session = run.session;
        let config = &session.config;
        decline_if(matches!(self.form, Form::Json), "a graph and JSON")?;
        decline_if(has_markers(session.repo()?), "obsolescence markers")?;
        let symbols = config.text_or_default("command-templates", "graphnode");
        decline_if(
            symbols.is_some_and(|text| !text.is_empty()),
            "a template of symbols",
        )?;
        let merging = session.repo()?.layout().dot_hg.join("merge/state2");
        decline_if(merging.exists(), "an unfinished merge")?;
        let mut looks = Looks::default();
        if config.plain().covers(b"graph") {
            looks.parent = Some(b'|');
            (looks.grandparent, looks.missing) = (looks.parent, looks.parent);
            self.graph = Some(looks);
            return Ok(self);
        }
        for (sort, look) in [
            ("parent", &mut looks.parent),
            ("grandparent", &mut looks.grandparent),
            ("missing", &mut looks.missing),
        ] {
            let item = format!("graphstyle.{sort}");
            *look = match config.text_or_default("experimental", &item) {
                None => *look,
                Some([]) => None,
                Some([one]) if one.is_ascii_graphic() => Some(*one),
                Some(_) => return Err(Decline::new("lines of several characters")),
            };
        }
        looks.short = config.is_on("experimental", "graphshorten")?;
        self.graph = Some(looks);
        Ok(self)
    }

    /// Whether something that only Python can show may still come while text is written already.
    fn is_safe(&self) -> bool {
        let changes = self.changes.as_ref();
        let whole = |changes: &Changes| {
            let git = changes.patch.is_some_and(|style| style.text.git);
            changes.stat.is_some() || git
        };
        matches!(self.form, Form::Plain) && !changes.is_some_and(whole)
    }
}

/// Whether there are obsolescence markers, by which changesets may be hidden, obsolete or unstable.
pub(super) fn has_markers(repo: &Repo) -> bool {
    let markers = std::fs::metadata(repo.layout().store.join("obsstore"));
    markers.is_ok_and(|about| about.len() > 1)
}

/// Shows changesets in this order. What fits into one piece is written only when nothing can fail any more.
pub(super) fn show(
    run: &Run<'_>,
    shape: &Shape,
    revs: &[Rev],
    output: &mut Output,
) -> Decision<Answer> {
    show_of(run, shape, (run.session.repo()?, revs, run.page()?), output)
}

/// The same for changesets of any repository, on a page that may begin with other things.
pub(super) fn show_of(
    run: &Run<'_>,
    shape: &Shape,
    (repo, revs, mut page): (&Repo, &[Rev], Page),
    output: &mut Output,
) -> Decision<Answer> {
    let teller = Teller::new(repo);
    if let Form::Json = shape.form {
        let mut rows = Rows::new(&shape.form, &mut page);
        for rev in revs {
            render::changeset_row(&teller, *rev, shape.verbosity, &mut rows)?;
            spill(run, rows.page(), output);
        }
        rows.finish()?;
        return Ok(Answer::of(page.into_bytes()));
    }
    page.bytes().reserve((revs.len() * 224).min(PIECE));
    let mut shower = Shower::new(run, shape, &teller, revs)?;
    for part in revs.chunks(PATCHES_AT_ONCE) {
        for (rev, changed) in part.iter().zip(shower.changes(part)?) {
            shower.show(*rev, &changed, &mut page)?;
            // Of what is not safe nothing is written yet: a value further on may still be Python's.
            if shape.is_safe() {
                spill(run, &mut page, output);
            }
        }
    }
    Ok(Answer::of(page.into_bytes()))
}

/// Shows one changeset after the other.
struct Shower<'s> {
    repo: &'s Repo,
    shape: &'s Shape,
    teller: &'s Teller<'s>,
    index: usize,
    drawing: Option<Drawing<'s>>,
    filelogs: Arc<Filelogs>,
    window: Window,
}

/// A graph that grows.
struct Drawing<'s> {
    graph: Graph,
    ways: Ways<'s>,
    working_parents: [Rev; 2],
    /// The text of one changeset, before it stands beside the graph.
    text: Page,
}

impl<'s> Shower<'s> {
    fn new(
        run: &Run<'s>,
        shape: &'s Shape,
        teller: &'s Teller<'s>,
        revs: &[Rev],
    ) -> Decision<Shower<'s>> {
        let repo = teller.repo();
        let drawing = match shape.graph {
            None => None,
            Some(looks) => Some(Drawing {
                graph: Graph::new(looks),
                ways: Ways::new(repo.changelog()?, revs),
                working_parents: run.session.check_parents()?,
                text: run.page()?,
            }),
        };
        Ok(Shower {
            repo,
            shape,
            teller,
            index: 0,
            drawing,
            filelogs: Arc::default(),
            window: Window::default(),
        })
    }

    /// What some changesets changed, as far as it is shown.
    fn changes(&mut self, revs: &[Rev]) -> Decision<Vec<Changed>> {
        let Some(changes) = &self.shape.changes else {
            return Ok(revs.iter().map(|_| Changed::default()).collect());
        };
        if self.filelogs.len() > MOST_FILELOGS {
            self.filelogs = Arc::default();
        }
        let patches = |style: &Option<Style>| match style {
            None => Ok(vec![Vec::new(); revs.len()]),
            Some(style) => {
                let wanted = Wanted {
                    style,
                    matcher: &*changes.matcher,
                    compress: &no_compression,
                    filelogs: &self.filelogs,
                };
                patches_of(self.repo, revs, &wanted)
            }
        };
        let (counted, shown) = (patches(&changes.stat)?, patches(&changes.patch)?);
        let both = counted.into_iter().zip(shown);
        Ok(both
            .map(|(counted, shown)| Changed { counted, shown })
            .collect())
    }

    fn show(&mut self, rev: Rev, changed: &Changed, page: &mut Page) -> Decision<()> {
        let Some(mut drawing) = self.drawing.take() else {
            return self.text(rev, changed, 0, page);
        };
        let edges = drawing.ways.edges(rev)?;
        let symbol = match drawing.working_parents.contains(&rev) {
            true => b'@',
            false if self.repo.changelog()?.changeset(rev)?.branch()?.closes => b'_',
            false => b'o',
        };
        let (first, more) = drawing.graph.rows(rev, symbol, &edges);
        drawing.text.bytes().clear();
        self.text(rev, changed, first.width(), &mut drawing.text)?;
        let text = drawing.text.bytes();
        drawing.graph.draw(&first, text, page.bytes());
        for row in more {
            drawing.graph.draw(&row, b"", page.bytes());
        }
        self.drawing = Some(drawing);
        Ok(())
    }

    /// A changeset beside a graph of some columns.
    fn text(
        &mut self,
        rev: Rev,
        changed: &Changed,
        columns: usize,
        page: &mut Page,
    ) -> Decision<()> {
        match &self.shape.form {
            Form::Template(template) => {
                let mut text = Vec::new();
                let scope = Scope {
                    teller: Some(self.teller),
                    rev: Some(rev),
                    fields: &[],
                    index: self.index,
                    painter: page.painter(),
                };
                template.render(&scope, &mut text)?;
                page.put(&text);
            }
            _ => {
                let names = self.teller.names()?;
                let shown = shown_changeset(self.repo, names, rev, &mut self.window)?;
                let phase = |rev| self.teller.phase(rev);
                render::changeset(&shown, self.shape.verbosity, &phase, page)?;
            }
        }
        self.index += 1;
        let Some(changes) = &self.shape.changes else {
            return Ok(());
        };
        if changes.stat.is_some() {
            let stats: Vec<FileStat> = changed
                .counted
                .iter()
                .filter_map(|patch| FileStat::of(patch))
                .collect();
            let ascii = stats.iter().all(|stat| stat.name.is_ascii());
            decline_if(!ascii, "a wide name")?;
            render::histogram(&stats, changes.width.saturating_sub(columns), page);
        }
        if changes.stat.is_some() && changes.patch.is_some() {
            page.put(b"\n");
        }
        let mut labeller = Labeller::new(false);
        for patch in &changed.shown {
            render::patch(patch, &mut labeller, page)?;
        }
        page.put(b"\n");
        Ok(())
    }
}

/// Declines where histograms are to show names from the current directory.
pub(super) fn whole_names(session: &Session) -> Decision<()> {
    let relative = session.config.text_or_default("ui", "relative-paths");
    let usual = relative.is_none_or(|text| text == b"legacy");
    decline_if(!usual, "ui.relative-paths in histograms")
}

/// Bytes of binary patches depend on the library that compresses, which is Python's.
pub(super) fn no_compression(_data: &[u8]) -> hyg_base::Result<Vec<u8>> {
    Err(Error::new(ErrorId::Unsupported).with("feature", "binary patches"))
}
