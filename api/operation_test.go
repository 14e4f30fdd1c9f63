package api

import (
	"net/http"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/stretchr/testify/require"

	"salesbot/crm"
)

func TestAnOperationThatDoesNotSayWhoMayCallItKeepsTheServerFromStarting(t *testing.T) {
	t.Parallel()
	s := &Server{echo: echo.New()}
	add := func(role crm.Role) func() {
		return func() { s.route(Operation{ID: "x", Method: http.MethodGet, Path: "/x", Role: role}, nil) }
	}
	require.Panics(t, add(""))
	require.Panics(t, add("king"))
	require.NotPanics(t, add(Public))
	require.NotPanics(t, add(crm.Manager))
	require.False(t, Public.Valid(), "nobody can have it")
}
