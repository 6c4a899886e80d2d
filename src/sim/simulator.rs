//! Starting a simulator, looking at what it received, and ending it by dropping it.
//!
//! Holds the only owner of the server's task; everything else is a shared world.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::sim::options::Account;
use crate::sim::options::Options;
use crate::sim::script::Script;
use crate::sim::server;
use crate::sim::world::Request;
use crate::sim::world::World;

/// A simulated tenant that is being served; it ends when this is dropped.
pub struct Simulator {
    account: Account,
    script: Script,
    world: Arc<Mutex<World>>,
    server: JoinHandle<()>,
}

impl Simulator {
    /// Builds the tenant and serves it on 127.0.0.1, in tasks of the current runtime.
    ///
    /// A certificate that cannot be read is [`InvalidData`](std::io::ErrorKind::InvalidData).
    pub async fn start(options: Options) -> std::io::Result<Self> {
        let listener =
            TcpListener::bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, options.port)).await?;
        let origin = format!("http://{}", listener.local_addr()?);
        let mut world = World::new(&options, &origin, options.clock.now());
        for pem in &options.certificates {
            world.tokens.register_certificate(pem).ok_or_else(|| {
                std::io::Error::new(
                    std::io::ErrorKind::InvalidData,
                    "no certificate that can be read",
                )
            })?;
        }
        let account = world.account.clone();
        let world = Arc::new(Mutex::new(world));
        let server = tokio::spawn(server::serve(
            listener,
            Arc::clone(&world),
            options.clock.clone(),
        ));
        let script = Script::new(Arc::clone(&world), options.clock);
        Ok(Self {
            account,
            script,
            world,
            server,
        })
    }

    /// Where it listens, and how to sign in.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// A handle to change the tenant while it is served.
    pub fn script(&self) -> Script {
        self.script.clone()
    }

    /// Everything received so far, oldest first.
    pub fn requests(&self) -> Vec<Request> {
        self.world
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .requests()
    }
}

impl Drop for Simulator {
    fn drop(&mut self) {
        // The connections are tasks of that task, and end with it.
        self.server.abort();
    }
}
