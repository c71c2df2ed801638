//! The revision index for native code of other packages: a versioned C table of functions inside a PyCapsule.
//! The layout is documented in `docs/c-table.md`; fields are only ever added at the end, under a higher version.
#![expect(unsafe_code, reason = "a C table is called through raw pointers")]

use std::ffi::{CStr, c_void};
use std::sync::Arc;

use hyg_base::{Node, Rev};
use hyg_core::repo::Repo;
use hyg_core::store::revlog::Revlog;
use pyo3::exceptions::PyMemoryError;
use pyo3::ffi;
use pyo3::prelude::*;

const NAME: &CStr = c"hydrargyrum.index.v1";

/// What the capsule points to.
#[repr(C)]
struct IndexTable {
    /// 1.
    version: u32,
    /// Size of this struct in bytes.
    size: u32,
    /// First argument of every function.
    context: *const c_void,
    /// Number of revisions.
    len: unsafe extern "C" fn(*const c_void) -> i64,
    /// Writes the 20 bytes of a node; 0, or -1 for a revision that is not there.
    node: unsafe extern "C" fn(*const c_void, i64, *mut u8) -> i32,
    /// Writes both parents (-1 for none); 0, or -1 on error.
    parents: unsafe extern "C" fn(*const c_void, i64, *mut i64) -> i32,
    /// The revision of a 20-byte node, or -2 where it is not there.
    rev: unsafe extern "C" fn(*const c_void, *const u8) -> i64,
}

/// A capsule that keeps the index alive.
pub(crate) fn index_capsule(py: Python<'_>, repo: Arc<Repo>) -> PyResult<Bound<'_, PyAny>> {
    let context = Arc::into_raw(repo);
    let table = Box::into_raw(Box::new(IndexTable {
        version: 1,
        size: size_of::<IndexTable>() as u32,
        context: context.cast(),
        len,
        node,
        parents,
        rev,
    }));
    // SAFETY: the capsule owns the table; `release` frees it and the reference to the index.
    let capsule = unsafe { ffi::PyCapsule_New(table.cast(), NAME.as_ptr(), Some(release)) };
    if capsule.is_null() {
        // SAFETY: nobody else has seen them.
        unsafe {
            drop(Box::from_raw(table));
            drop(Arc::from_raw(context));
        }
        return Err(PyErr::take(py).unwrap_or_else(|| PyMemoryError::new_err("no capsule")));
    }
    // SAFETY: a new reference that we own.
    Ok(unsafe { Bound::from_owned_ptr(py, capsule) })
}

unsafe extern "C" fn release(capsule: *mut ffi::PyObject) {
    // SAFETY: called once by Python for a capsule made above.
    unsafe {
        let table = ffi::PyCapsule_GetPointer(capsule, NAME.as_ptr()).cast::<IndexTable>();
        if !table.is_null() {
            drop(Arc::from_raw((*table).context.cast::<Repo>()));
            drop(Box::from_raw(table));
        }
    }
}

unsafe fn index<'a>(context: *const c_void) -> Option<&'a Revlog> {
    // SAFETY: the context of a live capsule is a live repository; callers keep the capsule as long as they call.
    let repo = unsafe { &*context.cast::<Repo>() };
    repo.changelog().ok().map(|changelog| changelog.revlog())
}

fn revision(rev: i64) -> Option<Rev> {
    i32::try_from(rev).ok().filter(|rev| *rev >= -1).map(Rev)
}

unsafe extern "C" fn len(context: *const c_void) -> i64 {
    // SAFETY: see `index`.
    unsafe { index(context) }.map_or(0, |revlog| revlog.len() as i64)
}

unsafe extern "C" fn node(context: *const c_void, rev: i64, out: *mut u8) -> i32 {
    // SAFETY: see `index`; the caller gives room for 20 bytes.
    unsafe {
        let found = revision(rev).and_then(|rev| index(context)?.node(rev).ok());
        match found {
            Some(node) => {
                out.copy_from_nonoverlapping(node.as_bytes().as_ptr(), 20);
                0
            }
            None => -1,
        }
    }
}

unsafe extern "C" fn parents(context: *const c_void, rev: i64, out: *mut i64) -> i32 {
    // SAFETY: see `index`; the caller gives room for two numbers.
    unsafe {
        match revision(rev).and_then(|rev| index(context)?.parents(rev).ok()) {
            Some([one, two]) => {
                out.write(one.0.into());
                out.add(1).write(two.0.into());
                0
            }
            None => -1,
        }
    }
}

unsafe extern "C" fn rev(context: *const c_void, node: *const u8) -> i64 {
    // SAFETY: see `index`; the caller gives 20 readable bytes.
    unsafe {
        let bytes = std::slice::from_raw_parts(node, 20);
        Node::from_slice(bytes)
            .and_then(|node| index(context)?.find(&node).ok().flatten())
            .map_or(-2, |rev| rev.0.into())
    }
}
