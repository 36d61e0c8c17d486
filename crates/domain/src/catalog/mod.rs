//! Rate decks: rows, their CSV form, time windows and the compiled rate book.
