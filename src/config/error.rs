//! Errors of configurations: what is wrong, where (file, line, snippet), and what to do.

use std::fmt;
use std::ops::Range;

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

/// A configuration that cannot be used.
#[derive(Clone, Debug)]
pub struct ConfigError {
    /// File or preset name.
    origin: String,
    /// Text of the file, if it could be read.
    source: String,
    /// Bytes of the text that are at fault.
    span: Option<Range<usize>>,
    /// What is wrong.
    message: String,
    /// What to do.
    help: Option<String>,
}

impl ConfigError {
    /// An error without a place in a text.
    pub(super) fn new(origin: &str, message: String, help: Option<String>) -> Self {
        Self { origin: origin.to_owned(), source: String::new(), span: None, message, help }
    }

    /// An error at a place of `source`.
    pub(super) fn at(
        origin: &str,
        source: &str,
        location: serde_yaml::Location,
        message: String,
        help: Option<String>,
    ) -> Self {
        let span = span(source, location);
        let (origin, source) = (origin.to_owned(), source.to_owned());
        Self { origin, source, span: Some(span), message, help }
    }
}

impl ConfigError {
    /// An error at the key that starts in a line and column of `source`, both from 0.
    pub(super) fn at_key(
        origin: &str,
        source: &str,
        (line, column): (usize, usize),
        message: String,
        help: Option<String>,
    ) -> Self {
        let before: usize = source.split_inclusive('\n').take(line).map(str::len).sum();
        let text = source.get(before..).unwrap_or_default().lines().next().unwrap_or_default();
        let skipped: usize = text.chars().take(column).map(char::len_utf8).sum();
        let key = text[skipped..].split([':', ' ']).next().unwrap_or_default();
        let start = before + skipped;
        let end = (start + key.len().max(1)).min(source.len().max(start));
        let (origin, source) = (origin.to_owned(), source.to_owned());
        Self { origin, source, span: Some(start..end), message, help }
    }
}

/// The bytes of a location; an empty place is widened to one character, so that it can be seen.
fn span(source: &str, location: serde_yaml::Location) -> Range<usize> {
    let line = usize::try_from(location.line().saturating_sub(1)).unwrap_or(0);
    let column = usize::try_from(location.column().saturating_sub(1)).unwrap_or(0);
    let line_start: usize = source.split_inclusive('\n').take(line).map(str::len).sum();
    let text = &source[line_start.min(source.len())..];
    let text = text.split('\n').next().unwrap_or("");
    let offset: usize = text.chars().take(column).map(char::len_utf8).sum();
    let start = line_start + offset;
    let length = usize::try_from(location.span().len()).unwrap_or(0);
    // Stay on the line: the location of a map covers all that follows its first key.
    let end: usize = text[offset.min(text.len())..].chars().take(length).map(char::len_utf8).sum();
    let start = start.min(source.len());
    let end = (start + end.max(1)).min(source.len().max(start));
    start..end
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut group = Level::ERROR
            .primary_title(&self.message)
            .elements(Vec::<Snippet<'_, annotate_snippets::Annotation<'_>>>::new());
        match &self.span {
            Some(span) => {
                let annotation = AnnotationKind::Primary.span(span.clone());
                let snippet =
                    Snippet::source(&self.source).path(&self.origin).annotation(annotation);
                group = group.element(snippet);
            }
            None => {
                group = group.element(annotate_snippets::Origin::path(&self.origin));
            }
        }
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help));
        }
        f.write_str(&Renderer::plain().render(&[group]))
    }
}

impl std::error::Error for ConfigError {}
