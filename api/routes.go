package api

import "salesbot/api/hooks"

// routes ties every resource in; a new resource adds one line.
func (s *Server) routes() {
	s.operatorRoutes()
	s.sessionRoutes()
	s.accountRoutes()
	s.firstStartRoutes()
	s.automationRoutes()
	s.secretRoutes()
	s.customActivityRoutes()
	s.userRoutes()
	s.tokenRoutes()
	s.cardRoutes()
	s.botRoutes()
	s.sampleRoutes()
	s.versionRoutes()
	s.lintRoutes()
	s.triggerRoutes()
	s.launchRoutes()
	s.runRoutes()
	s.takeOverRoutes()
	s.channelRoutes()
	s.sourceRoutes()
	s.chatRoutes()
	s.messageRoutes()
	s.talkRoutes()
	s.fileRoutes()
	s.eventRoutes()
	s.streamRoutes()
	s.liveRoutes()
	hooks.Register(s.echo, hooks.Deps{Store: s.Store, Channels: s.Channels, Log: s.Log})
	s.reference()
}

// operatorRoutes are what every process has.
func (s *Server) operatorRoutes() {
	s.echo.GET("/healthz", s.health)
	s.echo.GET("/readyz", s.ready)
	s.operatorPages()
}
