//! Identifiers as types of their own, so that a call's id never stands where a peer's belongs.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer};
use serde::{Serialize, Serializer};

/// Text that is not the hexadecimal form of the id it should be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("expected {expected} lower-case hexadecimal digits")]
pub struct ParseIdError {
    /// How many digits the id has.
    pub expected: usize,
}

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// The id with these bytes.
            pub const fn from_bytes(bytes: [u8; $bytes]) -> Self {
                Self(bytes)
            }

            /// The id's bytes, which is what is compared.
            pub const fn as_bytes(&self) -> &[u8; $bytes] {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), &hex::encode(self.0)[..8])
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let error = ParseIdError { expected: $bytes * 2 };
                if text.bytes().any(|b| b.is_ascii_uppercase()) {
                    return Err(error);
                }
                let mut bytes = [0; $bytes];
                hex::decode_to_slice(text, &mut bytes).map_err(|_| error)?;
                Ok(Self(bytes))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = std::borrow::Cow::<'de, str>::deserialize(d)?;
                text.parse().map_err(de::Error::custom)
            }
        }
    };
}

hex_id!(
    /// Who somebody is: SHA-256 of the public key in their certificate. A name is only a label.
    PeerId,
    32
);
hex_id!(
    /// One call, chosen at random by the caller. Of two crossing calls the larger id wins.
    CallId,
    16
);
hex_id!(
    /// 128 random bits that keep a short code from being ground; see [`crate::code`].
    Nonce,
    16
);
hex_id!(
    /// SHA-256 over a [`Nonce`]: the caller's promise, made before it sees the callee's nonce.
    Commitment,
    32
);

hex_id!(
    /// One message, chosen at random where it is written.
    MessageId,
    16
);
hex_id!(
    /// One counting of what is written from one data folder to one person: where the folder's data is lost, another
    /// counting begins, and readers can tell.
    OutboxId,
    16
);

/// One start of one node. A later start of the same node has a larger count, so a link left over from before a crash
/// can be told from the living one; the random half tells apart two starts from a data folder that was copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BootId {
    /// Which start this is, counted in the data folder.
    pub count: u64,
    /// Random for each start.
    pub random: u64,
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident, $number:ty) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub $number);
    };
}

number_id!(
    /// One connection between two nodes, numbered by this node as it comes.
    LinkId,
    u64
);
number_id!(
    /// One connection that carries files, numbered by this node as it comes.
    CarrierId,
    u64
);
number_id!(
    /// One attached page (a window, a browser tab), numbered by this node as it comes.
    PageId,
    u64
);
number_id!(
    /// Which `RTCPeerConnection` of a call a signal belongs to: it grows by one whenever an end has to make a new one
    /// (a reload, another page answering), so that signals for the old one are never applied to the new.
    Attempt,
    u32
);

impl Attempt {
    /// The attempt a call begins with.
    pub const FIRST: Self = Self(1);

    /// The one after this.
    pub const fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_lower_case_hex_of_exact_length() {
        let id = PeerId::from_bytes([0xab; 32]);
        assert_eq!(id.to_string().parse::<PeerId>(), Ok(id));
        assert!(id.to_string().to_uppercase().parse::<PeerId>().is_err());
        assert!("ab".parse::<PeerId>().is_err());
        assert!(serde_json::from_str::<CallId>("\"zz\"").is_err());
    }
}
