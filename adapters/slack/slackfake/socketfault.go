package slackfake

import "encoding/json"

// Sockets is how many are connected.
func (a *App) Sockets() int {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	return len(a.sockets)
}

// MostSockets is how many were ever connected at once; Connections, how many were opened altogether.
func (a *App) MostSockets() int {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	return a.mostSockets
}

// Connections is how many sockets were opened altogether.
func (a *App) Connections() int {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	return a.connections
}

func (a *App) each(do func(*socket)) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	for _, s := range a.sockets {
		do(s)
	}
}

// DropsSockets cuts every connection without a word.
func (a *App) DropsSockets() { a.each(func(s *socket) { s.cut() }) }

// RefreshesSockets ends every connection as Slack does every few hours.
func (a *App) RefreshesSockets() { a.each(func(s *socket) { s.refresh() }) }

// RefreshesAtOnce asks for a new connection without any warning.
func (a *App) RefreshesAtOnce() {
	a.each(func(s *socket) {
		s.raw(s.disconnect("refresh_requested"))
		s.raw(nil)
	})
}

// DisablesSocketMode ends every connection and says that Socket Mode was switched off.
func (a *App) DisablesSocketMode() {
	a.each(func(s *socket) {
		s.raw(s.disconnect("link_disabled"))
		s.raw(nil)
	})
}

// GoesSilent leaves every connection open and says nothing over it any more, no pings either.
func (a *App) GoesSilent() { a.each(func(s *socket) { s.silent = true }) }

// Frame sends these bytes over every socket as one text message, whatever they are.
func (a *App) Frame(data []byte) { a.each(func(s *socket) { s.raw(append([]byte{}, data...)) }) }

// FrameBinary sends them as one binary message, which no client should choke on.
func (a *App) FrameBinary(data []byte) {
	a.each(func(s *socket) { s.send(frame{data: append([]byte{}, data...), binary: true}) })
}

// Flaps makes Slack take every new connection and end it at once, until it is called with false.
func (a *App) Flaps(on bool) {
	a.w.mu.Lock()
	defer a.w.mu.Unlock()
	a.flaps = on
}

// Delivers delivers one payload as it is, such as a recorded one, in an envelope of that type or over HTTP, and waits
// for the acknowledgement. It is not tried again. The error says that none came.
func (a *App) Delivers(kind string, payload []byte) (answer []byte, err error) {
	var o object
	if err := json.Unmarshal(payload, &o); err != nil {
		return nil, err
	}
	d := &delivery{app: a, kind: kind, payload: o, accepts: true}
	err = a.w.ask(d, func(data json.RawMessage, problem string) error {
		answer = data
		return answered(nil, problem)
	})
	return answer, err
}
