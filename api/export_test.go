package api

import "github.com/labstack/echo/v4"

// Routes are the server's, for the test that lists them.
func (s *Server) Routes() []*echo.Route { return s.echo.Routes() }
