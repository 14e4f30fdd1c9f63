package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"salesbot/crm"
)

// maxDepth is how deep a body may be nested; PostgreSQL has a limit of its own, far above.
const maxDepth = 100

// checkBody looks at a body before it is decoded, for encoding/json is lenient: of two values of a name it takes the
// last, it replaces what is no text, and a null in a list becomes an empty item.
func checkBody(data []byte, into reflect.Type) error {
	if err := checkTokens(data); err != nil {
		return err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil //nolint:nilerr // the strict decoder finds the same, and says it better
	}
	if value == nil {
		return crm.FieldError("body", "null is not a request")
	}
	return checkShape(into, "", "", value)
}

func checkTokens(data []byte) error {
	decoder := jsontext.NewDecoder(bytes.NewReader(data))
	for {
		token, err := decoder.ReadToken()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return illWritten(err)
		case token.Kind() == '"' && strings.Contains(token.String(), "\x00"):
			return crm.FieldError(fieldAt(decoder.StackPointer()), "texts can't hold the character \\u0000")
		case decoder.StackDepth() > maxDepth:
			return crm.FieldError("body", "is nested deeper than %d levels", maxDepth)
		}
	}
}

// illWritten are the errors that encoding/json does not find; the others are left to it.
func illWritten(err error) error {
	var syntax *jsontext.SyntacticError
	if !errors.As(err, &syntax) {
		return nil
	}
	words := syntax.Err.Error()
	switch {
	case errors.Is(err, jsontext.ErrDuplicateName):
		return crm.FieldError(fieldAt(syntax.JSONPointer), "is given twice")
	case strings.Contains(words, "UTF-8"), strings.Contains(words, "surrogate"):
		return crm.FieldError(fieldAt(syntax.JSONPointer), "is not valid UTF-8 text")
	}
	return nil
}

// fieldAt is a place in a body as problems name it.
func fieldAt(pointer jsontext.Pointer) string {
	path := ""
	for name := range pointer.Tokens() {
		path = below(path, name)
	}
	return orBody(path)
}

// checkParam refuses what no text in our databases can be.
func checkParam(name, value string) error {
	if !utf8.ValidString(value) || strings.Contains(value, "\x00") {
		return crm.FieldError(name, "is not valid UTF-8 text without NUL characters")
	}
	return nil
}
