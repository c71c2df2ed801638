//! Tables over the Arrow C stream interface: columns that already lie in Arrow's layout are handed over without a copy.
//! What the columns mean belongs to the classes that build a [`Table`]; format source: the Arrow C data interface.
#![expect(
    unsafe_code,
    reason = "the Arrow C data interface is three C structs with release callbacks"
)]

use std::ffi::{CString, c_char, c_int, c_void};
use std::ptr;
use std::sync::Arc;

use hyg_base::PathList;
use pyo3::exceptions::PyValueError;
use pyo3::ffi;
use pyo3::prelude::*;

use crate::shared::SharedPaths;

/// One column; the data are shared, so a chunk costs a reference count.
#[derive(Clone)]
pub(crate) enum Column {
    /// Repository paths: binary with int32 offsets.
    Paths(SharedPaths),
    /// A word of text for each row: utf8 with int32 offsets.
    Text(Arc<PathList>),
    /// Binary that may be null; bit `i` of the validity bitmap (least significant first) is 1 where a value is.
    Nullable(Arc<PathList>, Arc<Vec<u8>>, usize),
    /// 32-bit numbers.
    Int32(Arc<Vec<i32>>),
    /// 64-bit numbers.
    Int64(Arc<Vec<i64>>),
    /// Moments in seconds since 1970, in UTC.
    Seconds(Arc<Vec<i64>>),
    /// Values of `width` bytes each.
    Fixed(usize, Arc<Vec<u8>>),
}

impl Column {
    fn format(&self) -> String {
        match self {
            Column::Paths(_) | Column::Nullable(..) => "z".into(),
            Column::Text(_) => "u".into(),
            Column::Int32(_) => "i".into(),
            Column::Int64(_) => "l".into(),
            Column::Seconds(_) => "tss:".into(),
            Column::Fixed(width, _) => format!("w:{width}"),
        }
    }

    fn rows(&self) -> usize {
        match self {
            Column::Paths(list) => list.len(),
            Column::Text(list) | Column::Nullable(list, ..) => list.len(),
            Column::Int32(numbers) => numbers.len(),
            Column::Int64(numbers) | Column::Seconds(numbers) => numbers.len(),
            Column::Fixed(width, bytes) => bytes.len() / width.max(&1),
        }
    }

    /// Buffers in Arrow's order; they stay valid as long as this column (or a clone) lives.
    fn buffers(&self) -> Vec<*const c_void> {
        fn pointer<T>(items: &[T]) -> *const c_void {
            items.as_ptr().cast()
        }
        match self {
            Column::Paths(list) => {
                vec![ptr::null(), pointer(list.offsets()), pointer(list.data())]
            }
            Column::Text(list) => {
                vec![ptr::null(), pointer(list.offsets()), pointer(list.data())]
            }
            Column::Nullable(list, validity, _) => {
                vec![
                    pointer(validity),
                    pointer(list.offsets()),
                    pointer(list.data()),
                ]
            }
            Column::Int32(numbers) => vec![ptr::null(), pointer(numbers)],
            Column::Int64(numbers) | Column::Seconds(numbers) => {
                vec![ptr::null(), pointer(numbers)]
            }
            Column::Fixed(_, bytes) => vec![ptr::null(), pointer(bytes)],
        }
    }

    fn null_count(&self) -> i64 {
        match self {
            Column::Nullable(_, _, nulls) => *nulls as i64,
            _ => 0,
        }
    }
}

/// A table: named columns in one or more chunks. Not a sequence: consumers would take it for one.
#[pyclass(frozen, module = "hydrargyrum._native")]
pub(crate) struct Table {
    names: Vec<&'static str>,
    chunks: Vec<Vec<Column>>,
    prototype: Vec<Column>,
}

impl Table {
    /// A table of chunks; `prototype` tells the column types where there is no chunk.
    pub(crate) fn new(
        names: Vec<&'static str>,
        prototype: Vec<Column>,
        chunks: Vec<Vec<Column>>,
    ) -> Table {
        debug_assert!(chunks.iter().all(|chunk| chunk.len() == names.len()));
        Table {
            names,
            chunks,
            prototype,
        }
    }

    /// A table of one chunk.
    pub(crate) fn single(columns: Vec<(&'static str, Column)>) -> Table {
        let (names, columns): (Vec<_>, Vec<_>) = columns.into_iter().unzip();
        Table::new(names, columns.clone(), vec![columns])
    }
}

#[pymethods]
impl Table {
    fn __len__(&self) -> usize {
        self.chunks
            .iter()
            .map(|chunk| chunk.first().map_or(0, Column::rows))
            .sum()
    }

    #[getter]
    fn column_names(&self) -> Vec<&'static str> {
        self.names.clone()
    }

    #[pyo3(signature = (requested_schema = None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let _ = requested_schema; // best effort by the interface: the one schema we have
        let stream = Box::new(stream_of(StreamState {
            names: self.names.clone(),
            prototype: self.prototype.clone(),
            chunks: self.chunks.clone().into_iter(),
        }));
        let raw = Box::into_raw(stream);
        // SAFETY: `raw` is a live stream; the capsule owns it and `release_capsule` frees it.
        let capsule =
            unsafe { ffi::PyCapsule_New(raw.cast(), STREAM_NAME.as_ptr(), Some(release_capsule)) };
        if capsule.is_null() {
            // SAFETY: nobody else has seen the stream.
            drop(unsafe { Box::from_raw(raw) });
            return Err(PyErr::take(py).unwrap_or_else(|| PyValueError::new_err("no capsule")));
        }
        // SAFETY: a new reference that we own.
        Ok(unsafe { Bound::from_owned_ptr(py, capsule) })
    }
}

const STREAM_NAME: &std::ffi::CStr = c"arrow_array_stream";

unsafe extern "C" fn release_capsule(capsule: *mut ffi::PyObject) {
    // SAFETY: called by Python for a capsule made above; the consumer may have released the stream already.
    unsafe {
        let raw =
            ffi::PyCapsule_GetPointer(capsule, STREAM_NAME.as_ptr()).cast::<ArrowArrayStream>();
        if !raw.is_null() {
            if let Some(release) = (*raw).release {
                release(raw);
            }
            drop(Box::from_raw(raw));
        }
    }
}

#[repr(C)]
struct ArrowSchema {
    format: *const c_char,
    name: *const c_char,
    metadata: *const c_char,
    flags: i64,
    n_children: i64,
    children: *mut *mut ArrowSchema,
    dictionary: *mut ArrowSchema,
    release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    private_data: *mut c_void,
}

#[repr(C)]
struct ArrowArray {
    length: i64,
    null_count: i64,
    offset: i64,
    n_buffers: i64,
    n_children: i64,
    buffers: *mut *const c_void,
    children: *mut *mut ArrowArray,
    dictionary: *mut ArrowArray,
    release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    private_data: *mut c_void,
}

#[repr(C)]
struct ArrowArrayStream {
    get_schema: unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowSchema) -> c_int,
    get_next: unsafe extern "C" fn(*mut ArrowArrayStream, *mut ArrowArray) -> c_int,
    get_last_error: unsafe extern "C" fn(*mut ArrowArrayStream) -> *const c_char,
    release: Option<unsafe extern "C" fn(*mut ArrowArrayStream)>,
    private_data: *mut c_void,
}

struct StreamState {
    names: Vec<&'static str>,
    prototype: Vec<Column>,
    chunks: std::vec::IntoIter<Vec<Column>>,
}

fn stream_of(state: StreamState) -> ArrowArrayStream {
    ArrowArrayStream {
        get_schema,
        get_next,
        get_last_error,
        release: Some(release_stream),
        private_data: Box::into_raw(Box::new(state)).cast(),
    }
}

unsafe extern "C" fn get_schema(stream: *mut ArrowArrayStream, out: *mut ArrowSchema) -> c_int {
    // SAFETY: the consumer passes our live stream and room for a schema.
    unsafe {
        let state = &*(*stream).private_data.cast::<StreamState>();
        let children = state
            .names
            .iter()
            .zip(&state.prototype)
            .map(|(name, column)| {
                let nullable = if matches!(column, Column::Nullable(..)) {
                    2
                } else {
                    0
                };
                Box::into_raw(Box::new(schema(
                    &column.format(),
                    name,
                    nullable,
                    Vec::new(),
                )))
            })
            .collect();
        out.write(schema("+s", "", 0, children));
    }
    0
}

unsafe extern "C" fn get_next(stream: *mut ArrowArrayStream, out: *mut ArrowArray) -> c_int {
    // SAFETY: the consumer passes our live stream, from one thread at a time, and room for an array.
    unsafe {
        let state = &mut *(*stream).private_data.cast::<StreamState>();
        match state.chunks.next() {
            Some(columns) => {
                let rows = columns.first().map_or(0, Column::rows);
                let children = columns
                    .into_iter()
                    .map(|column| Box::into_raw(Box::new(column_array(column))))
                    .collect();
                out.write(array(rows, 0, vec![ptr::null()], children, None));
            }
            None => {
                let mut end = array(0, 0, Vec::new(), Vec::new(), None);
                release_array(&raw mut end);
                out.write(end);
            }
        }
    }
    0
}

unsafe extern "C" fn get_last_error(_stream: *mut ArrowArrayStream) -> *const c_char {
    ptr::null()
}

unsafe extern "C" fn release_stream(stream: *mut ArrowArrayStream) {
    // SAFETY: called once for a live stream of ours.
    unsafe {
        drop(Box::from_raw((*stream).private_data.cast::<StreamState>()));
        (*stream).release = None;
    }
}

struct SchemaOwner {
    _format: CString,
    _name: CString,
    children: Vec<*mut ArrowSchema>,
}

fn schema(format: &str, name: &str, flags: i64, children: Vec<*mut ArrowSchema>) -> ArrowSchema {
    let format = CString::new(format).unwrap_or_default();
    let name = CString::new(name).unwrap_or_default();
    let (format_at, name_at) = (format.as_ptr(), name.as_ptr());
    let mut owner = Box::new(SchemaOwner {
        _format: format,
        _name: name,
        children,
    });
    ArrowSchema {
        format: format_at,
        name: name_at,
        metadata: ptr::null(),
        flags,
        n_children: owner.children.len() as i64,
        children: owner.children.as_mut_ptr(),
        dictionary: ptr::null_mut(),
        release: Some(release_schema),
        private_data: Box::into_raw(owner).cast(),
    }
}

unsafe extern "C" fn release_schema(schema: *mut ArrowSchema) {
    // SAFETY: called once for a live schema of ours; a child that was moved away has no release any more.
    unsafe {
        let owner = Box::from_raw((*schema).private_data.cast::<SchemaOwner>());
        for child in owner.children {
            if let Some(release) = (*child).release {
                release(child);
            }
            drop(Box::from_raw(child));
        }
        (*schema).release = None;
    }
}

struct ArrayOwner {
    buffers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
    _column: Option<Column>,
}

fn column_array(column: Column) -> ArrowArray {
    array(
        column.rows(),
        column.null_count(),
        column.buffers(),
        Vec::new(),
        Some(column),
    )
}

fn array(
    rows: usize,
    nulls: i64,
    buffers: Vec<*const c_void>,
    children: Vec<*mut ArrowArray>,
    column: Option<Column>,
) -> ArrowArray {
    let mut owner = Box::new(ArrayOwner {
        buffers,
        children,
        _column: column,
    });
    ArrowArray {
        length: rows as i64,
        null_count: nulls,
        offset: 0,
        n_buffers: owner.buffers.len() as i64,
        n_children: owner.children.len() as i64,
        buffers: owner.buffers.as_mut_ptr(),
        children: owner.children.as_mut_ptr(),
        dictionary: ptr::null_mut(),
        release: Some(release_array),
        private_data: Box::into_raw(owner).cast(),
    }
}

unsafe extern "C" fn release_array(array: *mut ArrowArray) {
    // SAFETY: called once for a live array of ours; a child that was moved away has no release any more.
    unsafe {
        let owner = Box::from_raw((*array).private_data.cast::<ArrayOwner>());
        for child in owner.children {
            if let Some(release) = (*child).release {
                release(child);
            }
            drop(Box::from_raw(child));
        }
        (*array).release = None;
    }
}
