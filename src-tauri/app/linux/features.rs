//! Feature flags of WebKitGTK, by functions that only 2.42 and newer have (`webkit_settings_set_feature_enabled`) and that
//! the bindings do not know. They are looked up at run time, so that Dogeller starts on an older one too.
#![allow(unsafe_code, reason = "C functions without a binding; each call says why it is right")]

use std::ffi::{CStr, c_char, c_int, c_void};

use webkit2gtk::Settings;
use webkit2gtk::glib::prelude::ObjectType;

type List = *mut c_void;
type Feature = *mut c_void;

/// The functions, as WebKitGTK declares them in `WebKitFeature.h` and `WebKitSettings.h`.
struct Functions {
    all: unsafe extern "C" fn() -> List,
    length: unsafe extern "C" fn(List) -> usize,
    get: unsafe extern "C" fn(List, usize) -> Feature,
    unref: unsafe extern "C" fn(List),
    identifier: unsafe extern "C" fn(Feature) -> *const c_char,
    set: unsafe extern "C" fn(*mut c_void, Feature, c_int),
}

/// Switches a feature on; false where this WebKitGTK does not have it.
pub(super) fn enable(settings: &Settings, wanted: &str) -> bool {
    let Some(functions) = Functions::find() else {
        return false;
    };
    let settings: *mut webkit2gtk::ffi::WebKitSettings = settings.as_ptr();
    // SAFETY: the list is ours until `unref`, and every feature in it lives as long; identifiers are C strings of the
    // feature. The settings are alive: they are borrowed.
    unsafe {
        let list = (functions.all)();
        if list.is_null() {
            return false;
        }
        let mut found = false;
        for at in 0..(functions.length)(list) {
            let feature = (functions.get)(list, at);
            let identifier = (functions.identifier)(feature);
            if !identifier.is_null() && CStr::from_ptr(identifier).to_bytes() == wanted.as_bytes() {
                (functions.set)(settings.cast(), feature, 1);
                found = true;
            }
        }
        (functions.unref)(list);
        found
    }
}

impl Functions {
    /// `None` where one of them is missing.
    fn find() -> Option<Self> {
        // SAFETY: each name has, in the field's type, the type its header gives it.
        unsafe {
            Some(Self {
                all: function(c"webkit_settings_get_all_features")?,
                length: function(c"webkit_feature_list_get_length")?,
                get: function(c"webkit_feature_list_get")?,
                unref: function(c"webkit_feature_list_unref")?,
                identifier: function(c"webkit_feature_get_identifier")?,
                set: function(c"webkit_settings_set_feature_enabled")?,
            })
        }
    }
}

/// The function of this name in the libraries that are loaded.
///
/// # Safety
/// `F` is the type of a pointer to that very function.
unsafe fn function<F: Copy>(name: &CStr) -> Option<F> {
    const { assert!(size_of::<F>() == size_of::<*mut c_void>()) };
    let found = symbol(name)?;
    // SAFETY: both are pointers of one size, and the caller vouches for the type.
    Some(unsafe { std::mem::transmute_copy(&found) })
}

fn symbol(name: &CStr) -> Option<*mut c_void> {
    // SAFETY: looking a name up changes nothing; WebKitGTK is linked, so it stays loaded.
    let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
    (!found.is_null()).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_exist_is_not_found() {
        assert!(symbol(c"webkit_settings_get_settings_of_settings").is_none());
        assert!(symbol(c"dlsym").is_some());
    }
}
