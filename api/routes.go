package api

// routes ties every resource in; a new resource adds one line.
func (s *Server) routes() {
	s.echo.GET("/healthz", s.health)
	s.echo.GET("/readyz", s.ready)
	s.sessionRoutes()
	s.accountRoutes()
	s.userRoutes()
	s.tokenRoutes()
	s.botRoutes()
	s.versionRoutes()
	s.lintRoutes()
	s.triggerRoutes()
	s.launchRoutes()
	s.runRoutes()
	s.takeOverRoutes()
	s.reference()
	s.operatorPages()
}
