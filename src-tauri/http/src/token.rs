//! The secret a page must know to be let in.

use std::fmt;

use rand::TryRng;
use rand::rngs::{SysError, SysRng};
use subtle::ConstantTimeEq;

/// How many hexadecimal digits a token has: 256 bits.
pub(crate) const DIGITS: usize = 64;

/// 256 random bits of the operating system, in hexadecimal.
#[derive(Clone)]
pub(crate) struct Token(String);

impl Token {
    /// A new one.
    pub(crate) fn random() -> Result<Self, SysError> {
        let mut bytes = [0; DIGITS / 2];
        SysRng.try_fill_bytes(&mut bytes)?;
        Ok(Self(hex::encode(bytes)))
    }

    /// Whether `given` is this token, in a time that does not tell how much of it is right.
    pub(crate) fn matches(&self, given: &str) -> bool {
        self.0.as_bytes().ct_eq(given.as_bytes()).into()
    }

    /// The digits.
    pub(crate) fn digits(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(secret)")
    }
}

/// Whether a text could be a token.
pub(crate) fn is_token(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_digits_match() {
        let token = Token::random().unwrap();
        assert!(is_token(token.digits()));
        assert!(token.matches(token.digits()));
        assert!(!token.matches(&token.digits()[1..]));
        assert!(!token.matches(""));
        assert!(!token.matches(Token::random().unwrap().digits()));
        assert!(!format!("{token:?}").contains(token.digits()));
    }
}
