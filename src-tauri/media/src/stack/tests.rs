use super::*;

#[test]
fn a_rejected_line_has_no_say_in_the_path() {
    let answer = "v=0\r\nm=audio 9 X 111\r\na=ice-ufrag:a\r\nm=video 0 X 96\r\na=ice-ufrag:b\r\na=ice-pwd:c\r\na=mid:1\r\n\
                  m=application 9 X y\r\na=ice-ufrag:a\r\n";
    let kept = "v=0\r\nm=audio 9 X 111\r\na=ice-ufrag:a\r\nm=video 0 X 96\r\na=mid:1\r\nm=application 9 X y\r\na=ice-ufrag:a\r\n";
    assert_eq!(without_rejected(answer), kept);
}

#[tokio::test]
async fn a_stack_that_ended_is_noticed() {
    let options = Options { reach: Reach::ThisMachine, start_bits: 500_000 };
    let (stack, mut events) = Stack::open(options).await.unwrap();
    // What an error, or a panic of the crate's, does to its task.
    stack.connection.close().await.unwrap();
    let ended = async {
        while let Some(event) = events.control.recv().await {
            if matches!(event, StackEvent::Ended) {
                return true;
            }
        }
        false
    };
    assert!(tokio::time::timeout(Duration::from_secs(10), ended).await.unwrap());
}

/// The crate's own drop leaves its task to run.
#[tokio::test]
async fn a_stack_that_is_dropped_ends() {
    let options = Options { reach: Reach::ThisMachine, start_bits: 500_000 };
    let (stack, _events) = Stack::open(options).await.unwrap();
    let connection = Arc::downgrade(&stack.connection);
    let channel = stack.channel.clone();
    drop(stack);
    let ended = async { while channel.poll().await.is_some() {} };
    tokio::time::timeout(Duration::from_secs(10), ended).await.unwrap();
    drop(channel);
    while connection.upgrade().is_some() {
        tokio::task::yield_now().await;
    }
}
