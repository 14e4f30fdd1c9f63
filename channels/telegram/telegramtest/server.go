// Package telegramtest is a Bot API server for tests. It refuses what Telegram refuses, and more: a parameter that a
// method does not know is an error here and silently dropped there.
package telegramtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
)

// Token is the token of the one bot that the server knows.
const Token = "123456:AAEfakefakefakefakefakefakefake-_x"

// Server is the fake. Its methods are safe for concurrent use.
type Server struct {
	// URL is the base URL.
	URL string

	mu       sync.Mutex
	chats    map[int64]*chat
	files    map[string][]byte
	calls    []Call
	failures []failure
	webhook  webhook
	lastID   int64
	update   int64
	taps     map[string]bool
}

// Call is one call that the server accepted.
type Call struct {
	Method string
	// Params are the parameters; objects are decoded.
	Params map[string]any
	// Files are the uploaded contents by parameter.
	Files map[string][]byte
}

type chat struct {
	blocked  bool
	messages map[int64]map[string]any
	// theirs are the user's own messages; locked are the bot's that can't be edited any more.
	theirs, locked map[int64]bool
}

func newChat() *chat {
	return &chat{messages: map[int64]map[string]any{}, theirs: map[int64]bool{}, locked: map[int64]bool{}}
}

type failure struct {
	status, retryAfter int
	hangUp             bool
}

// New starts a server that ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{chats: map[int64]*chat{}, files: map[string][]byte{}, taps: map[string]bool{}, lastID: 100, update: 7000}
	server := httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(server.Close)
	s.URL = server.URL
	return s
}

// Calls are the accepted calls of a method so far; of all if method is empty.
func (s *Server) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var calls []Call
	for _, call := range s.calls {
		if method == "" || call.Method == method {
			calls = append(calls, call)
		}
	}
	return calls
}

// AddChat makes a user who has pressed "Start": a bot can't write to anybody else.
func (s *Server) AddChat(id int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chats[id] = newChat()
}

// Block makes a user refuse the bot's messages, or take them again.
func (s *Server) Block(id int64, blocked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chats[id].blocked = blocked
}

// AddFile makes a file that getFile finds.
func (s *Server) AddFile(id string, content []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[id] = content
}

// LimitNext answers the next call with 429 and that many seconds to wait.
func (s *Server) LimitNext(seconds int) {
	s.fail(failure{status: http.StatusTooManyRequests, retryAfter: seconds})
}

// FailNext answers the next call with a status of a server in trouble, such as 502.
func (s *Server) FailNext(status int) { s.fail(failure{status: status}) }

// HangUpNext does what the next call asks for and breaks the connection instead of answering.
func (s *Server) HangUpNext() { s.fail(failure{hangUp: true}) }

func (s *Server) fail(f failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, f)
}

func (s *Server) nextFailure() failure {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.failures) == 0 {
		return failure{}
	}
	next := s.failures[0]
	s.failures = s.failures[1:]
	return next
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if path, ok := strings.CutPrefix(r.URL.Path, "/file/bot"+Token+"/"); ok {
		s.serveFile(w, strings.TrimPrefix(path, "documents/"))
		return
	}
	rest, ok := strings.CutPrefix(r.URL.Path, "/bot")
	token, method, found := strings.Cut(rest, "/")
	switch {
	case !ok || !found:
		reply(w, http.StatusNotFound, nil, "Not Found")
		return
	case token != Token:
		reply(w, http.StatusUnauthorized, nil, "Unauthorized")
		return
	}
	next := s.nextFailure()
	if next.status != 0 {
		replyFailure(w, next)
		return
	}
	result, err := s.call(method, r)
	switch {
	case next.hangUp:
		panic(http.ErrAbortHandler)
	case err != nil:
		reply(w, err.status, nil, err.text)
	default:
		reply(w, http.StatusOK, result, "")
	}
}

func (s *Server) serveFile(w http.ResponseWriter, id string) {
	s.mu.Lock()
	content, ok := s.files[id]
	s.mu.Unlock()
	if !ok {
		http.Error(w, "not found", http.StatusNotFound)
		return
	}
	_, _ = w.Write(content)
}

// refused is an error in Telegram's words.
type refused struct {
	status int
	text   string
}

func bad(format string, args ...any) *refused {
	return &refused{status: http.StatusBadRequest, text: "Bad Request: " + fmt.Sprintf(format, args...)}
}

func reply(w http.ResponseWriter, status int, result any, description string) {
	body := map[string]any{"ok": status == http.StatusOK}
	if status == http.StatusOK {
		body["result"] = result
	} else {
		body["error_code"], body["description"] = status, description
	}
	send(w, status, body)
}

func replyFailure(w http.ResponseWriter, f failure) {
	if f.retryAfter == 0 {
		w.WriteHeader(f.status)
		return
	}
	send(w, f.status, map[string]any{"ok": false, "error_code": f.status,
		"description": fmt.Sprintf("Too Many Requests: retry after %d", f.retryAfter),
		"parameters":  map[string]any{"retry_after": f.retryAfter}})
}

func send(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
