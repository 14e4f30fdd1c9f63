package api

// routes ties every resource in; a new resource adds one line.
func (s *Server) routes() {
	s.echo.GET("/healthz", s.health)
	s.echo.GET("/readyz", s.ready)
	s.sessionRoutes()
	s.accountRoutes()
	s.userRoutes()
	s.tokenRoutes()
	s.reference()
	s.temporal()
}
