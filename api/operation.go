package api

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"regexp"

	"github.com/labstack/echo/v4"

	"salesbot/crm"
)

// Public is the role of an operation that answers everybody, or that looks for itself who calls. No user has it.
const Public crm.Role = "public"

// Operation is what an endpoint is called, who may call it and what the reference page says about it.
type Operation struct {
	// ID is unique; generated clients name their function by it.
	ID           string
	Method, Path string
	Tag, Summary string
	Description  string
	// Role is the least that the caller needs: Administrator, Manager (anybody who is signed in), or Public. There is
	// no default: a server whose operation says none does not start.
	Role crm.Role
	// Status is that of success; 0 is 200.
	Status int
	// Stream says that the answer is a stream of server-sent events, whose data is what Out describes.
	Stream bool
	// Repeat is what a repeated POST does; every POST says it.
	Repeat Repeat
	// Limited: what comes too often is refused with 429.
	Limited bool
	// Settle, if there is one, is waited for between the commit and the answer, also when the answer is a kept one.
	Settle func(c echo.Context) error
}

// None is an operation without parameters, without a body, or without an answer.
type None struct{}

// emptier is an answer that may turn out to hold nothing, which Kommo's API says with 204.
type emptier interface{ empty() bool }

type documented struct {
	Operation
	params, body, answer any
}

var pathParam = regexp.MustCompile(`\{([a-z_]+)\}`)

// register ties an endpoint to its function. P holds the parameters in fields tagged path:"…" and query:"…", B is the
// JSON body and Out the answer; None stands for nothing. Errors go through problemOf.
func register[P, B, Out any](s *Server, op Operation, do func(ctx context.Context, params P, body B) (Out, error)) {
	s.operations = append(s.operations, documented{Operation: op, params: *new(P), body: *new(B), answer: *new(Out)})
	s.route(op, func(c echo.Context) error {
		var params P
		var body B
		if err := decodeParams(c, &params); err != nil {
			return err
		}
		if _, none := any(body).(None); !none {
			if err := decodeBody(c.Request(), &body); err != nil {
				return err
			}
		}
		out, err := do(c.Request().Context(), params, body)
		if err != nil {
			return err
		}
		return answer(c, op.Status, out)
	})
}

// registerRaw is for endpoints that read or write something other than JSON. Out describes the answer; None for none.
func registerRaw[P, Out any](s *Server, op Operation, do func(c echo.Context, params P) error) {
	s.operations = append(s.operations, documented{Operation: op, params: *new(P), body: None{}, answer: *new(Out)})
	s.route(op, func(c echo.Context) error {
		var params P
		if err := decodeParams(c, &params); err != nil {
			return err
		}
		return do(c, params)
	})
}

func (s *Server) route(op Operation, handler echo.HandlerFunc) {
	if op.Role != Public && !op.Role.Valid() {
		panic(fmt.Sprintf("the operation %s (%s %s) does not say who may call it", op.ID, op.Method, op.Path))
	}
	if (op.Method == http.MethodPost) != (op.Repeat != "") {
		panic(fmt.Sprintf("the operation %s (%s %s): a POST, and nothing else, says what a repeated one does", op.ID, op.Method, op.Path))
	}
	handler = s.once(op, handler)
	s.echo.Add(op.Method, pathParam.ReplaceAllString(op.Path, ":$1"), func(c echo.Context) error {
		if err := s.admit(c, op.Role); err != nil {
			return err
		}
		return handler(c)
	})
}

// admit finds out who calls, checks the role, and puts both into the request's context.
func (s *Server) admit(c echo.Context, role crm.Role) error {
	r := c.Request()
	who := Identity{}
	if role != Public {
		var err error
		if who, err = s.authenticateAs(r, role); err != nil {
			return err
		}
	} else if err := s.origins.Check(r); err != nil {
		return crm.Errorf(crm.Forbidden, "The request comes from a page of another site")
	}
	c.SetRequest(r.WithContext(withCaller(r.Context(), caller{Identity: who, base: s.baseURL(r), url: r.URL})))
	return nil
}

// answer writes Kommo's success type; nothing at all is 204.
func answer(c echo.Context, status int, out any) error {
	if status == 0 {
		status = http.StatusOK
	}
	if _, none := out.(None); none {
		if status == http.StatusOK {
			status = http.StatusNoContent
		}
		return c.NoContent(status)
	}
	if value := reflect.ValueOf(out); value.Kind() == reflect.Pointer && value.IsNil() {
		return c.NoContent(http.StatusNoContent)
	}
	if e, ok := out.(emptier); ok && e.empty() {
		return c.NoContent(http.StatusNoContent)
	}
	body, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	return c.Blob(status, "application/hal+json", body)
}
