//! What becomes of what sources say.

use std::sync::mpsc as std_mpsc;

use dogeller_core::wire::VERSION;

use super::*;

fn me() -> PeerId {
    peer(1)
}

fn peer(n: u8) -> PeerId {
    format!("{n:02x}").repeat(32).parse().unwrap()
}

fn instance(way: Way, name: &str) -> Instance {
    Instance { way, name: name.to_owned() }
}

fn sighting(n: u8) -> Sighting {
    Sighting {
        id: peer(n).to_string(),
        v: VERSION.to_string(),
        n: "Ada".into(),
        s: "available".into(),
        addresses: vec!["192.0.2.7:7337".parse().unwrap()],
    }
}

/// Who came and who went, by the first byte of their id.
fn told(events: Vec<Event>) -> Vec<(char, PeerId)> {
    let told = |event| {
        if let Event::Found { peer, .. } = event {
            ('+', peer)
        } else if let Event::Vanished { peer } = event {
            ('-', peer)
        } else {
            panic!("{event:?} is none of discovery's")
        }
    };
    events.into_iter().map(told).collect()
}

#[test]
fn somebody_has_vanished_when_the_last_source_says_so() {
    let mut seen = Seen::new(me(), Vec::new());
    let (ours, theirs) = (instance(Way::Mdns, "x"), instance(Way::Told, "x"));
    assert_eq!(told(seen.hear(Said::Seen(ours.clone(), sighting(2)))), [('+', peer(2))]);
    assert_eq!(told(seen.hear(Said::Seen(theirs.clone(), sighting(2)))), [('+', peer(2))]);
    assert_eq!(told(seen.hear(Said::Gone(ours.clone()))), []);
    assert_eq!(told(seen.hear(Said::Gone(ours))), [], "said twice");
    assert_eq!(told(seen.hear(Said::Gone(theirs))), [('-', peer(2))]);
}

#[test]
fn an_instance_that_becomes_somebody_else_lets_the_first_go() {
    let mut seen = Seen::new(me(), Vec::new());
    let one = instance(Way::Mdns, "x");
    seen.hear(Said::Seen(one.clone(), sighting(2)));
    assert_eq!(told(seen.hear(Said::Seen(one, sighting(3)))), [('-', peer(2)), ('+', peer(3))]);
}

#[test]
fn oneself_and_nonsense_are_nobody() {
    let mut seen = Seen::new(me(), Vec::new());
    assert_eq!(told(seen.hear(Said::Seen(instance(Way::Mdns, "x"), sighting(1)))), []);
    let nonsense = Sighting { v: "x".into(), ..sighting(2) };
    assert_eq!(told(seen.hear(Said::Seen(instance(Way::Mdns, "y"), nonsense))), []);
    assert!(seen.instances.is_empty());
}

#[test]
fn a_flood_of_instances_takes_no_more_room_and_who_is_known_stays_known() {
    let mut seen = Seen::new(me(), Vec::new());
    for n in 0..INSTANCES {
        seen.hear(Said::Seen(instance(Way::Told, &n.to_string()), sighting(9)));
    }
    assert_eq!(told(seen.hear(Said::Seen(instance(Way::Mdns, "one more"), sighting(2)))), []);
    assert_eq!(told(seen.hear(Said::Seen(instance(Way::Told, "7"), sighting(9)))).len(), 1);
    seen.hear(Said::Gone(instance(Way::Told, "7")));
    assert_eq!(told(seen.hear(Said::Seen(instance(Way::Mdns, "one more"), sighting(2)))), [('+', peer(2))]);
}

#[test]
fn whoever_saw_somebody_is_asked_whether_they_are_there() {
    let (asked, questions) = std_mpsc::channel();
    let verifier = |way: Way| {
        let asked = asked.clone();
        let verify: Verify = Box::new(move |name| asked.send((way, name.to_owned())).unwrap());
        (way, verify)
    };
    let mut seen = Seen::new(me(), vec![verifier(Way::Mdns), verifier(Way::Told)]);
    seen.hear(Said::Seen(instance(Way::Mdns, "x"), sighting(2)));
    seen.hear(Said::Seen(instance(Way::Told, "y"), sighting(3)));
    seen.hear(Said::Verify(peer(2)));
    assert_eq!(questions.try_iter().collect::<Vec<_>>(), [(Way::Mdns, "x".to_owned())]);
}

#[tokio::test]
async fn a_system_is_told_of_this_node_and_says_whom_it_sees() {
    let (announced, announcements) = std_mpsc::channel();
    let (inputs, mut events) = mpsc::channel(8);
    let (said, waiting) = mpsc::channel(WAITING);
    let told = Told(Box::new(move |announcement| announced.send(announcement).unwrap()));
    let translator = tokio::spawn(translate(waiting, inputs, Seen::new(me(), vec![told.verifier()])));
    let mut discovery = Discovery { sources: vec![Box::new(told)], me: me(), port: 7337, said, translator };
    let appearance =
        Appearance { name: dogeller_core::Name::new("Ada").unwrap(), status: dogeller_core::wire::peer::Status::Away };
    discovery.appear(Some(&appearance));
    let announcement = announcements.try_recv().unwrap().unwrap();
    assert_eq!((announcement.port, announcement.n.as_str(), announcement.s.as_str()), (7337, "Ada", "away"));
    discovery.browse();
    let sightings = discovery.sightings();
    assert!(sightings.tell("theirs".into(), Some(sighting(2))).await);
    assert!(matches!(events.recv().await, Some(Input::Event(Event::Found { peer: found, .. })) if found == peer(2)));
    discovery.verify(peer(2));
    assert!(sightings.tell("theirs".into(), None).await);
    assert!(matches!(events.recv().await, Some(Input::Event(Event::Vanished { peer: gone })) if gone == peer(2)));
    discovery.shutdown().await;
    assert_eq!(announcements.try_recv(), Ok(None), "withdrawn at the end");
}
