package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"salesbot/crm"
	"salesbot/db"
)

// Problem is what every refused request gets: RFC 9457 with Kommo's validation-errors, and a code that never changes.
type Problem struct {
	Title  string `json:"title"`
	Type   string `json:"type"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	// Code says what is wrong in one word for programs.
	Code crm.Code `json:"code"`
	// TraceID is the request's id; the server's log has it.
	TraceID string `json:"trace_id,omitempty"`
	// RetryAfter is in seconds, with status 429 and 503.
	RetryAfter       int           `json:"retry_after,omitempty"`
	ValidationErrors []ItemProblem `json:"validation-errors,omitempty"`
}

// ItemProblem are the errors of one item of the request; RequestID is the item's request_id, or its place in the list.
type ItemProblem struct {
	RequestID string         `json:"request_id"`
	Errors    []FieldProblem `json:"errors"`
}

// FieldProblem names one field and its rule.
type FieldProblem struct {
	Code   string `json:"code"`
	Path   string `json:"path"`
	Detail string `json:"detail"`
}

// statuses is the one mapping from our codes to HTTP.
var statuses = map[crm.Code]int{
	crm.Invalid: http.StatusBadRequest, crm.NotFound: http.StatusNotFound, crm.Conflict: http.StatusConflict,
	crm.Forbidden: http.StatusForbidden, crm.Unauthorized: http.StatusUnauthorized, crm.TooLarge: http.StatusRequestEntityTooLarge,
	crm.TooMany: http.StatusTooManyRequests, crm.Held: http.StatusConflict, crm.Outdated: http.StatusConflict, crm.Unprocessable: http.StatusUnprocessableEntity,
	crm.InProgress: http.StatusConflict, crm.KeyReused: http.StatusUnprocessableEntity, crm.Unavailable: http.StatusServiceUnavailable,
}

// codes is the way back, for errors that echo makes itself.
var codes = map[int]crm.Code{
	http.StatusNotFound: crm.NotFound, http.StatusRequestEntityTooLarge: crm.TooLarge, http.StatusUnauthorized: crm.Unauthorized,
	http.StatusForbidden: crm.Forbidden, http.StatusTooManyRequests: crm.TooMany, http.StatusMethodNotAllowed: "method_not_allowed",
	http.StatusRequestTimeout: "too_slow",
}

// outageRetry is when to try again what failed because something behind the API was away; in seconds.
const outageRetry = 2

// internal is the code of errors that are ours.
const internal crm.Code = "internal"

// itemError ties an error to one item of a list in the request.
type itemError struct {
	requestID string
	err       error
}

func (e *itemError) Error() string { return e.err.Error() }
func (e *itemError) Unwrap() error { return e.err }

// itemFailed says that one item of a list in the request is wrong; requestID as the client gave it, or the item's index.
func itemFailed(requestID string, err error) error {
	return &itemError{requestID: requestID, err: err}
}

// tooMany is a refusal that says when to come back.
type tooMany struct {
	after time.Duration
	text  string
}

func (e *tooMany) Error() string { return e.text }

// rejected is a document with several faults; each names its rule, its place and the way out.
type rejected struct {
	detail string
	faults []FieldProblem
}

func (e *rejected) Error() string { return e.detail }

// answerError is echo's error handler: every error of every route passes here.
func (s *Server) answerError(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	// A read that ran into its deadline ends the request's context, too.
	if errors.Is(c.Request().Context().Err(), context.Canceled) && !errors.Is(err, errTooSlow) {
		// Whatever broke off because of it (each driver has its own error): it is no fault, and nobody reads the answer.
		const clientClosedRequest = 499 // nginx's word for it
		_ = c.NoContent(clientClosedRequest)
		return
	}
	problem := problemOf(err)
	problem.TraceID = c.Response().Header().Get(echo.HeaderXRequestID)
	writeProblem(c.Response(), problem)
}

func writeProblem(w http.ResponseWriter, problem Problem) {
	body, err := json.Marshal(problem)
	if err != nil {
		http.Error(w, problem.Detail, problem.Status)
		return
	}
	// Clients compare the type with ==, so it carries no charset.
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	if problem.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(problem.RetryAfter))
	}
	if problem.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(problem.Status)
	_, _ = w.Write(body)
}

// problemOf is the one mapping from errors to answers. Errors that are not meant for people are not shown.
func problemOf(err error) Problem {
	var own *crm.Error
	var fromEcho *echo.HTTPError
	var limited *tooMany
	var faults *rejected
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &faults):
		problem := problemWith(http.StatusBadRequest, crm.Invalid, faults.detail)
		problem.ValidationErrors = []ItemProblem{{RequestID: "0", Errors: faults.faults}}
		return problem
	case errors.As(err, &limited):
		problem := problemWith(http.StatusTooManyRequests, crm.TooMany, limited.text)
		problem.RetryAfter = max(1, int(limited.after.Seconds()))
		return problem
	case errors.As(err, &large):
		return problemWith(http.StatusRequestEntityTooLarge, crm.TooLarge, fmt.Sprintf("The request is larger than %d bytes", large.Limit))
	case db.Unavailable(err): // before the domain's: what was joined with it may be no more than a consequence
		return outage()
	case errors.As(err, &own):
		return domainProblem(err, own)
	case errors.Is(err, echo.ErrStatusRequestEntityTooLarge): // the body limit's; its own text names no limit
		return problemWith(http.StatusRequestEntityTooLarge, crm.TooLarge, fmt.Sprintf("The request is larger than %d bytes", MaxBody))
	case errors.As(err, &fromEcho):
		return problemWith(fromEcho.Code, codeOfStatus(fromEcho.Code), fmt.Sprint(fromEcho.Message))
	}
	return problemWith(http.StatusInternalServerError, internal, "Something went wrong on the server; its log has the details under this trace_id")
}

// outage is the answer where trying again helps. The cause is in the log; clients can't act on it.
func outage() Problem {
	problem := problemWith(http.StatusServiceUnavailable, crm.Unavailable,
		"Salesbot can't reach its database or its files, or can't write to them at the moment; send the request again in a few seconds")
	problem.RetryAfter = outageRetry
	return problem
}

func domainProblem(err error, own *crm.Error) Problem {
	status, ok := statuses[own.Code]
	if !ok {
		status = http.StatusBadRequest
	}
	problem := problemWith(status, own.Code, own.Error())
	if own.RetryAfter > 0 {
		problem.RetryAfter = max(1, int(math.Ceil(own.RetryAfter.Seconds())))
	}
	problem.ValidationErrors = fieldProblems(err, "0")
	if len(problem.ValidationErrors) > 0 && own.Code == crm.Invalid {
		problem.Detail = "Request validation failed"
	}
	return problem
}

// fieldProblems gathers the errors that name a field, also from joined ones, under their items.
func fieldProblems(err error, requestID string) []ItemProblem {
	var item *itemError
	switch e := err.(type) { //nolint:errorlint // the tree is walked level by level
	case interface{ Unwrap() []error }:
		var all []ItemProblem
		for _, each := range e.Unwrap() {
			all = merge(all, fieldProblems(each, requestID))
		}
		return all
	case *itemError:
		item = e
		return fieldProblems(item.err, item.requestID)
	case *crm.Error:
		if e.Field == "" {
			return nil
		}
		return []ItemProblem{{RequestID: requestID, Errors: []FieldProblem{{Code: string(e.Code), Path: e.Field, Detail: e.Message}}}}
	}
	if inner := errors.Unwrap(err); inner != nil {
		return fieldProblems(inner, requestID)
	}
	return nil
}

func merge(all, more []ItemProblem) []ItemProblem {
	for _, item := range more {
		if n := len(all); n > 0 && all[n-1].RequestID == item.RequestID {
			all[n-1].Errors = append(all[n-1].Errors, item.Errors...)
			continue
		}
		all = append(all, item)
	}
	return all
}

func problemWith(status int, code crm.Code, detail string) Problem {
	return Problem{Title: http.StatusText(status), Type: "https://httpstatus.es/" + strconv.Itoa(status), Status: status, Code: code, Detail: detail}
}

func codeOfStatus(status int) crm.Code {
	if code, ok := codes[status]; ok {
		return code
	}
	if status >= http.StatusInternalServerError {
		return internal
	}
	return crm.Invalid
}
