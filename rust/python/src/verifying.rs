//! `verify` of `Repository`: everything is read by `hyg-core`, findings go to a Python callable as they come.
//! How they are worded is `ops/verify.py`.

use hyg_core::ops::verify::{Finding, VerifyRequest, verify};
use pyo3::prelude::*;

use crate::callback::{PythonInterrupt, keep};
use crate::engine::Repository;
use crate::error::{facts, text, to_python};
use crate::gil::detached;

fn tell(receive: &Py<PyAny>, finding: &Finding) -> PyResult<()> {
    Python::attach(|py| {
        let name = finding.name.as_ref().map(|name| text(py, name));
        let problem = finding.problem.as_ref();
        let problem = problem.map(|problem| to_python(py, problem).into_value(py));
        receive.call1(
            py,
            (
                finding.what.id,
                finding.link.map(|link| link.0),
                name.transpose()?,
                facts(py, &finding.what.facts)?,
                problem,
            ),
        )?;
        Ok(())
    })
}

#[pymethods]
impl Repository {
    #[pyo3(signature = (receive, *, full=false, verbose=false, censored_is_wrong=true))]
    fn verify(
        &self,
        py: Python<'_>,
        receive: Py<PyAny>,
        full: bool,
        verbose: bool,
        censored_is_wrong: bool,
    ) -> PyResult<(usize, usize, usize)> {
        let repo = self.current(py)?;
        let reporter = self.reporter.clone();
        let request = VerifyRequest {
            full,
            verbose,
            censored_is_wrong,
        };
        let counts = detached(py, || {
            let interrupt = PythonInterrupt(&reporter);
            let mut tell = |finding: Finding| tell(&receive, &finding).map_err(keep);
            verify(&repo, request, &*reporter, &interrupt, &mut tell)
        })?;
        Ok((counts.changesets, counts.changes, counts.files))
    }
}
