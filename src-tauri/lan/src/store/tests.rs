//! What is kept, and what comes back.

mod conversations;
mod limits;
mod offers;

use super::*;
use dogeller_core::PeerId;

#[test]
fn what_is_kept_comes_back_and_starts_are_counted() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let first = store.load(1, OutboxId::from_bytes([1; 16])).unwrap();
    let contact = Contact { peer: PeerId::from_bytes([7; 32]), name: Name::new("Anna").unwrap(), verified: true };
    store.keep(&Kept::Contact(contact.clone())).unwrap();
    store.keep(&Kept::Name(Name::new("Bob").unwrap())).unwrap();
    store.keep(&Kept::Hidden { network: "10.0.0.0/24".into(), hidden: true }).unwrap();
    drop(store);
    let again = Store::open(dir.path()).unwrap().load(2, OutboxId::from_bytes([2; 16])).unwrap();
    assert!(again.boot > first.boot);
    assert_eq!(again.contacts, [contact]);
    assert_eq!(again.name.unwrap().as_str(), "Bob");
    assert!(again.hidden_on.contains("10.0.0.0/24"));
}

#[test]
fn a_damaged_store_is_put_aside_and_not_lost() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("dogeller.db"), "this is no database, it only looks like a file".repeat(100))
        .unwrap();
    Store::open(dir.path()).unwrap().load(1, OutboxId::from_bytes([1; 16])).unwrap();
    let aside = std::fs::read_dir(dir.path()).unwrap().filter_map(Result::ok);
    assert!(aside.into_iter().any(|file| file.file_name().to_string_lossy().contains("damaged")));
}
