//! The lease, as the engine sees it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, PoisonError};
use std::thread::JoinHandle;

use async_trait::async_trait;
use tokio::sync::oneshot;

use super::writer::{Message, Reply, Writer};
use crate::address::EnvironmentName;
use crate::port::{Intent, Lease, Outcome, Revision, StoreFault};
use crate::state::State;

pub(super) struct SqliteLease {
    environment: EnvironmentName,
    /// None once dropped; the thread ends when it sees that.
    messages: Mutex<Option<Sender<Message>>>,
    thread: Option<JoinHandle<()>>,
    /// Whether the thread was sent anything beyond the lease itself.
    busy: AtomicBool,
    released: AtomicBool,
}

impl SqliteLease {
    /// Starts the thread.
    pub(super) fn begin(writer: Writer) -> Result<Self, std::io::Error> {
        let environment = writer.environment.clone();
        let (messages, received) = channel();
        let thread =
            std::thread::Builder::new().name("state".to_owned()).spawn(move || writer.run(&received))?;
        Ok(Self {
            environment,
            messages: Mutex::new(Some(messages)),
            thread: Some(thread),
            busy: AtomicBool::new(false),
            released: AtomicBool::new(false),
        })
    }

    /// Returns whether the thread is still running.
    fn send(&self, message: Message) -> bool {
        if !matches!(message, Message::Jot(..) | Message::Release(_)) {
            self.busy.store(true, Ordering::Relaxed);
        }
        let messages = self.messages.lock().unwrap_or_else(PoisonError::into_inner);
        messages.as_ref().is_some_and(|messages| messages.send(message).is_ok())
    }

    async fn ask(&self, question: impl FnOnce(Reply) -> Message) -> Result<u64, StoreFault> {
        let (reply, answer) = oneshot::channel();
        self.send(question(reply));
        let ended = |_| StoreFault::Lost {
            environment: self.environment.clone(),
            why: "the thread that writes it has ended".to_owned(),
        };
        answer.await.map_err(ended)?
    }
}

#[async_trait]
impl Lease for SqliteLease {
    async fn intend(&self, intent: Intent) -> Result<(), StoreFault> {
        self.ask(|reply| Message::Intend(Box::new(intent), reply)).await.map(drop)
    }

    fn send(&self, outcome: Outcome) {
        // If the thread has ended, the next call that waits reports it.
        self.send(Message::Tell(outcome));
    }

    async fn settled(&self) -> Result<(), StoreFault> {
        self.ask(Message::Settle).await.map(drop)
    }

    async fn finish(&self, revision: Revision) -> Result<u64, StoreFault> {
        self.ask(|reply| Message::Finish(revision, reply)).await
    }

    async fn note(&self, name: &str, text: &str) -> Result<(), StoreFault> {
        self.ask(|reply| Message::Note(name.to_owned(), text.to_owned(), reply)).await.map(drop)
    }

    fn jot(&self, name: &str, text: &str) {
        self.send(Message::Jot(name.to_owned(), text.to_owned()));
    }

    async fn replace(&self, state: State, revision: Revision) -> Result<u64, StoreFault> {
        self.ask(|reply| Message::Replace(Box::new(state), revision, reply)).await
    }

    async fn release(&self) -> Result<(), StoreFault> {
        self.ask(Message::Release).await?;
        self.released.store(true, Ordering::Relaxed);
        Ok(())
    }
}

/// Everything sent is written, and the file closed, before the lease is gone. If nothing was sent and the lease is
/// released already, there is nothing to wait for.
impl Drop for SqliteLease {
    fn drop(&mut self) {
        drop(self.messages.lock().unwrap_or_else(PoisonError::into_inner).take());
        let idle = !*self.busy.get_mut() && *self.released.get_mut();
        if let Some(thread) = self.thread.take().filter(|_| !idle) {
            let _ = thread.join();
        }
    }
}
