//! One timer for the next deadline, and none while there is none.
//!
//! On Linux it counts the time asleep: a laptop that wakes finds its token dead
//! and renews it at once, not when the rest of an old wait is over.

use std::sync::Arc;

use crate::service::client::Wait;

#[cfg(target_os = "linux")]
pub use linux::Sleeper;
#[cfg(not(target_os = "linux"))]
pub use portable::Sleeper;

/// For a client that is to wait where the service asks for it. In a wait of a minute at
/// most, time asleep does not matter.
pub fn waits() -> Wait {
    Arc::new(|wait| Box::pin(tokio::time::sleep(wait.unsigned_abs())))
}

#[cfg(target_os = "linux")]
mod linux {
    use std::io;
    use std::os::fd::OwnedFd;

    use jiff::SignedDuration;
    use rustix::time::Itimerspec;
    use rustix::time::TimerfdClockId;
    use rustix::time::TimerfdFlags;
    use rustix::time::TimerfdTimerFlags;
    use rustix::time::Timespec;
    use rustix::time::timerfd_create;
    use rustix::time::timerfd_settime;
    use tokio::io::unix::AsyncFd;

    /// A timer on the clock that goes on in suspend.
    pub struct Sleeper {
        timer: AsyncFd<OwnedFd>,
    }

    impl Sleeper {
        /// Must be made within the runtime.
        pub fn new() -> io::Result<Self> {
            let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
            let timer = timerfd_create(TimerfdClockId::Boottime, flags)?;
            #[expect(
                deprecated,
                reason = "deprecated for types whose descriptor may change, which an OwnedFd's cannot; its successor needs unsafe code"
            )]
            let timer = AsyncFd::new(timer)?;
            Ok(Self { timer })
        }

        /// Ends after `wait`; never for `None`.
        pub async fn wait(&self, wait: Option<SignedDuration>) {
            let Some(wait) = wait else {
                return std::future::pending().await;
            };
            if self.arm(wait.max(SignedDuration::from_nanos(1))).is_err() {
                // Cannot fail for a valid timer; returning at once only wakes too early.
                return;
            }
            if let Ok(mut ready) = self.timer.readable().await {
                ready.clear_ready();
            }
        }

        fn arm(&self, wait: SignedDuration) -> rustix::io::Result<()> {
            let once = Itimerspec {
                it_interval: Timespec {
                    tv_sec: 0,
                    tv_nsec: 0,
                },
                it_value: Timespec {
                    tv_sec: wait.as_secs(),
                    tv_nsec: wait.subsec_nanos().into(),
                },
            };
            timerfd_settime(&self.timer, TimerfdTimerFlags::empty(), &once)?;
            Ok(())
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod portable {
    use std::io;
    use std::time::Duration;

    use jiff::SignedDuration;

    /// A timer of the runtime.
    pub struct Sleeper;

    impl Sleeper {
        /// Cannot fail here; it can where the timer is a file.
        pub fn new() -> io::Result<Self> {
            Ok(Self)
        }

        /// Ends after `wait`; never for `None`.
        pub async fn wait(&self, wait: Option<SignedDuration>) {
            match wait {
                Some(wait) => {
                    tokio::time::sleep(Duration::try_from(wait).unwrap_or_default()).await
                }
                None => std::future::pending().await,
            }
        }
    }
}
