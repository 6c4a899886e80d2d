//! What the system tells the process.

#[cfg(not(unix))]
pub use other::Signals;
#[cfg(unix)]
pub use posix::Signals;
#[cfg(unix)]
pub use posix::suspend;

/// A signal that matters to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signal {
    /// End now: the terminal or whoever started us is going away.
    End,
    /// Ctrl-c or ctrl-\ where the terminal makes signals of them, or the same from outside.
    Interrupt,
    /// The shell resumed us: the screen is not ours any more.
    Continue,
}

#[cfg(unix)]
mod posix {
    use std::io;

    use rustix::process;
    use tokio::signal::unix;
    use tokio::signal::unix::SignalKind;

    use super::Signal;

    /// Signals as they come.
    pub struct Signals {
        terminate: unix::Signal,
        hang_up: unix::Signal,
        interrupt: unix::Signal,
        quit: unix::Signal,
        resume: unix::Signal,
    }

    impl Signals {
        /// Must be made within the runtime.
        pub fn new() -> io::Result<Self> {
            let resume = SignalKind::from_raw(process::Signal::CONT.as_raw());
            Ok(Self {
                terminate: unix::signal(SignalKind::terminate())?,
                hang_up: unix::signal(SignalKind::hangup())?,
                interrupt: unix::signal(SignalKind::interrupt())?,
                quit: unix::signal(SignalKind::quit())?,
                resume: unix::signal(resume)?,
            })
        }

        /// The next signal.
        pub async fn next(&mut self) -> Signal {
            tokio::select! {
                _ = self.terminate.recv() => Signal::End,
                _ = self.hang_up.recv() => Signal::End,
                _ = self.interrupt.recv() => Signal::Interrupt,
                _ = self.quit.recv() => Signal::Interrupt,
                _ = self.resume.recv() => Signal::Continue,
            }
        }
    }

    /// Stops the process group as ctrl-z does; returns when the shell resumes it.
    pub fn suspend() {
        // Stopping oneself cannot be refused; if it were, we would just go on.
        process::kill_current_process_group(process::Signal::TSTP).unwrap_or_default();
    }
}

#[cfg(not(unix))]
mod other {
    use std::io;

    use super::Signal;

    /// Only ctrl-c from outside.
    pub struct Signals;

    impl Signals {
        /// Cannot fail here; it can where signals are registered.
        pub fn new() -> io::Result<Self> {
            Ok(Self)
        }

        /// The next signal.
        pub async fn next(&mut self) -> Signal {
            match tokio::signal::ctrl_c().await {
                Ok(()) => Signal::Interrupt,
                Err(_) => std::future::pending().await,
            }
        }
    }
}
