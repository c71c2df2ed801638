//! What exchange asks of `Repository`: changegroups as finished bytes in pieces, and compression of whole streams.
//! Bundles around them are Python's.

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};

use hyg_base::{Error, Result, Rev, patience};
use hyg_core::ops::changegroup::Outgoing;
use hyg_core::store::bzip2_stream::{Bzip2Decoder, Bzip2Encoder};
use hyg_core::store::zstd_stream::{ZstdDecoder, ZstdEncoder};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::engine::Repository;
use crate::gil::detached;
use crate::intake::version_of;

/// Pieces of about this size are handed over.
const PIECE: usize = 256 * 1024;
/// How many of them wait to be taken.
const WAITING: usize = 4;

#[pymethods]
impl Repository {
    fn changegroup(
        &self,
        py: Python<'_>,
        revs: Vec<i64>,
        have: Vec<i64>,
        version: &str,
    ) -> PyResult<PieceIterator> {
        let repo = self.current(py)?;
        let checked = |revs: Vec<i64>| -> PyResult<Vec<Rev>> {
            let revs = revs.into_iter();
            revs.map(|rev| Repository::checked(&repo, rev)).collect()
        };
        let (revs, have) = (checked(revs)?, checked(have)?);
        let version = version_of(version)?;
        let (give, taken) = sync_channel(WAITING);
        let work = move || -> Result<()> {
            let mut piece = Vec::with_capacity(PIECE + PIECE / 4);
            let gone = || Error::internal("nobody takes the changegroup any more");
            Outgoing::new(&repo, revs, &have, version)?.write(&mut |chunk| {
                piece.extend_from_slice(&chunk);
                if piece.len() < PIECE {
                    return Ok(());
                }
                give.send(Ok(std::mem::take(&mut piece)))
                    .map_err(|_| gone())
            })?;
            give.send(Ok(piece)).map_err(|_| gone())?;
            Ok(())
        };
        let (report, failed) = sync_channel(1);
        std::thread::Builder::new()
            .name("changegroup".to_owned())
            .spawn(move || {
                if let Err(error) = work() {
                    // Nobody listens where the iterator is gone, which is the reason then.
                    let _ = report.send(error);
                }
            })?;
        Ok(PieceIterator {
            pieces: Mutex::new((taken, failed)),
        })
    }

    fn zstd_decoder(&self) -> PyResult<StreamDecoder> {
        Ok(StreamDecoder::of(Decoder::Zstd(ZstdDecoder::new()?)))
    }

    fn zstd_encoder(&self, level: i32) -> PyResult<StreamEncoder> {
        Ok(StreamEncoder::of(Encoder::Zstd(ZstdEncoder::new(level)?)))
    }

    fn bzip2_decoder(&self) -> StreamDecoder {
        StreamDecoder::of(Decoder::Bzip2(Bzip2Decoder::default()))
    }

    fn bzip2_encoder(&self, level: u32) -> PyResult<StreamEncoder> {
        Ok(StreamEncoder::of(Encoder::Bzip2(Bzip2Encoder::new(level)?)))
    }
}

/// The pieces of a changegroup; another thread makes them.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct PieceIterator {
    pieces: Mutex<Source>,
}

/// Where pieces come from, and why there are no more if not because it is the end.
type Source = (Receiver<Result<Vec<u8>>>, Receiver<Error>);

#[pymethods]
impl PieceIterator {
    fn __iter__(slf: PyRef<'_, Self>) -> PyRef<'_, Self> {
        slf
    }

    fn __next__<'py>(&self, py: Python<'py>) -> PyResult<Option<Bound<'py, PyBytes>>> {
        let piece = detached(py, || {
            let pieces = self
                .pieces
                .lock()
                .map_err(|_| Error::internal("poisoned pieces"))?;
            match patience::receive(&pieces.0)? {
                Some(piece) => piece.map(Some),
                None => match patience::receive(&pieces.1)? {
                    Some(error) => Err(error),
                    None => Ok(None),
                },
            }
        })?;
        Ok(piece.map(|piece| PyBytes::new(py, &piece)))
    }
}

enum Decoder {
    Zstd(ZstdDecoder),
    Bzip2(Bzip2Decoder),
}

/// Undoes a compression step by step.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct StreamDecoder(Mutex<Decoder>);

#[pymethods]
impl StreamDecoder {
    /// What undoes the compression called `name`, without a repository.
    #[new]
    fn new(name: &str) -> PyResult<StreamDecoder> {
        match name {
            "zstd" => Ok(StreamDecoder::of(Decoder::Zstd(ZstdDecoder::new()?))),
            "bzip2" => Ok(StreamDecoder::of(Decoder::Bzip2(Bzip2Decoder::default()))),
            _ => Err(PyValueError::new_err("no such compression")),
        }
    }

    fn decompress<'py>(&self, py: Python<'py>, data: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let data = data.to_vec();
        self.step(py, move |decoder| match decoder {
            Decoder::Zstd(decoder) => decoder.decompress(&data),
            Decoder::Bzip2(decoder) => decoder.decompress(&data),
        })
    }

    fn rest<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.step(py, |decoder| match decoder {
            Decoder::Zstd(_) => Ok(Vec::new()),
            Decoder::Bzip2(decoder) => decoder.rest(),
        })
    }
}

impl StreamDecoder {
    fn of(decoder: Decoder) -> StreamDecoder {
        StreamDecoder(Mutex::new(decoder))
    }

    fn step<'py>(
        &self,
        py: Python<'py>,
        work: impl FnOnce(&mut Decoder) -> std::io::Result<Vec<u8>> + Send,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let found = detached(py, || {
            let mut decoder = self
                .0
                .lock()
                .map_err(|_| Error::internal("poisoned decoder"))?;
            Ok(work(&mut decoder))
        })?;
        let found = found.map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(PyBytes::new(py, &found))
    }
}

enum Encoder {
    Zstd(ZstdEncoder),
    Bzip2(Bzip2Encoder),
}

/// Compresses step by step.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct StreamEncoder(Mutex<Encoder>);

#[pymethods]
impl StreamEncoder {
    fn compress<'py>(&self, py: Python<'py>, data: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
        let data = data.to_vec();
        self.step(py, move |encoder| match encoder {
            Encoder::Zstd(encoder) => encoder.compress(&data),
            Encoder::Bzip2(encoder) => encoder.compress(&data),
        })
    }

    fn flush<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.step(py, |encoder| match encoder {
            Encoder::Zstd(encoder) => encoder.flush(),
            Encoder::Bzip2(encoder) => encoder.flush(),
        })
    }
}

impl StreamEncoder {
    fn of(encoder: Encoder) -> StreamEncoder {
        StreamEncoder(Mutex::new(encoder))
    }

    fn step<'py>(
        &self,
        py: Python<'py>,
        work: impl FnOnce(&mut Encoder) -> std::io::Result<Vec<u8>> + Send,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let found = detached(py, || {
            let mut encoder = self
                .0
                .lock()
                .map_err(|_| Error::internal("poisoned encoder"))?;
            Ok(work(&mut encoder))
        })?;
        Ok(PyBytes::new(py, &found?))
    }
}
