package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"salesbot/bot"
	"salesbot/crm"
)

// decodeBody reads the request's JSON strictly. Its errors name the field.
func decodeBody(r *http.Request, into any) error {
	data, err := readBody(r)
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(data)) == 0 {
		data = []byte("{}")
		if reflect.TypeOf(into).Elem().Kind() == reflect.Slice {
			data = []byte("[]")
		}
	}
	if err := checkBody(data, reflect.TypeOf(into).Elem()); err != nil {
		return err
	}
	if err := bot.DecodeStrict(data, into); err != nil {
		return &crm.Error{Code: crm.Invalid, Field: fieldOf(data, into), Message: err.Error()}
	}
	return nil
}

func readBody(r *http.Request) ([]byte, error) {
	data, err := io.ReadAll(r.Body)
	if err == nil {
		return data, nil
	}
	var large *http.MaxBytesError
	var fromEcho *echo.HTTPError
	if errors.As(err, &large) || errors.As(err, &fromEcho) {
		return nil, err
	}
	return nil, crm.Errorf(crm.Invalid, "The body could not be read to its end")
}

var unknownField = regexp.MustCompile(`unknown field "([^"]*)"`)

// fieldOf finds the field that made the body unreadable, or "body".
func fieldOf(data []byte, into any) string {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(reflect.New(reflect.TypeOf(into).Elem()).Interface())
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) && kind.Field != "" {
		return kind.Field
	}
	if err != nil {
		if match := unknownField.FindStringSubmatch(err.Error()); match != nil {
			return match[1]
		}
	}
	return "body"
}

// decodeParams fills the fields tagged path and query. A list may be given as key[], key[0], key, or with commas.
func decodeParams(c echo.Context, into any) error {
	query := c.QueryParams()
	for name, values := range query {
		for _, value := range values {
			if err := checkParam(strings.ToValidUTF8(name, "?"), value); err != nil {
				return err
			}
		}
	}
	return fill(c, query, reflect.ValueOf(into).Elem())
}

func fill(c echo.Context, query url.Values, target reflect.Value) error {
	for i := range target.NumField() {
		field := target.Type().Field(i)
		if field.Anonymous {
			if err := fill(c, query, target.Field(i)); err != nil {
				return err
			}
			continue
		}
		var name string
		var values []string
		if name = field.Tag.Get("path"); name != "" {
			values = []string{c.Param(name)}
		} else if name = field.Tag.Get("query"); name != "" {
			values = queryValues(query, name)
		}
		if len(values) == 0 {
			continue
		}
		if err := set(target.Field(i), field.Tag, name, values); err != nil {
			return err
		}
	}
	return nil
}

// queryValues accepts the ways in which clients write lists: PHP's key[0], key[] and the plain key.
func queryValues(query url.Values, name string) []string {
	name, list := strings.CutSuffix(name, "[]")
	if !list {
		return query[name]
	}
	values := slices.Concat(query[name], query[name+"[]"])
	for i := 0; ; i++ {
		more, ok := query[name+"["+strconv.Itoa(i)+"]"]
		if !ok {
			return values
		}
		values = append(values, more...)
	}
}

// maxListed is the most values that a filter takes; no page holds more.
const maxListed = 250

func set(field reflect.Value, tag reflect.StructTag, name string, values []string) error {
	value := values[len(values)-1]
	if err := checkParam(name, value); err != nil {
		return err
	}
	switch field.Kind() { //nolint:exhaustive // these are the kinds that parameters have
	case reflect.String:
		if err := checkText(name, value, tag, maxText); err != nil {
			return err
		}
		field.SetString(value)
	case reflect.Int, reflect.Int64:
		n, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return crm.FieldError(name, "expected a whole number, got %.40q", value)
		}
		if err := checkWhole(field.Type(), tag, name, n); err != nil {
			return err
		}
		field.SetInt(n)
	case reflect.Bool:
		yes, err := strconv.ParseBool(value)
		if err != nil {
			return crm.FieldError(name, "expected 1 or 0, got %.40q", value)
		}
		field.SetBool(yes)
	case reflect.Pointer:
		field.Set(reflect.New(field.Type().Elem()))
		return set(field.Elem(), tag, name, values)
	case reflect.Slice:
		var parts []string
		for _, v := range values {
			parts = append(parts, strings.Split(v, ",")...)
		}
		if len(parts) > maxListed {
			return crm.FieldError(name, "at most %d values", maxListed)
		}
		list := reflect.MakeSlice(field.Type(), len(parts), len(parts))
		for i, part := range parts {
			if err := set(list.Index(i), tag, name, []string{part}); err != nil {
				return err
			}
		}
		field.Set(list)
	}
	return nil
}
