package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"salesbot/api/hooks"
	"salesbot/channels"
	"salesbot/crm"
	"salesbot/db"
)

const channelsTag = "Channels"

func (s *Server) channelRoutes() {
	register(s, Operation{ID: "listChannelKinds", Method: http.MethodGet, Path: "/api/v4/channels/kinds", Tag: channelsTag, Role: crm.Manager,
		Summary: "List the kinds of channels and what each can show"}, s.listChannelKinds)
	register(s, Operation{ID: "listChannels", Method: http.MethodGet, Path: "/api/v4/channels", Tag: channelsTag, Role: crm.Manager, Summary: "List channels"}, s.listChannels)
	register(s, Operation{ID: "addChannel", Method: http.MethodPost, Repeat: Another, Path: "/api/v4/channels", Tag: channelsTag, Role: crm.Administrator, Status: http.StatusCreated,
		Summary: "Connect a channel", Description: "Secrets are kept encrypted and never come back. If the provider refuses, the channel is kept switched off and connect_error says why."}, s.addChannel)
	register(s, Operation{ID: "getChannel", Method: http.MethodGet, Path: "/api/v4/channels/{id}", Tag: channelsTag, Role: crm.Manager, Summary: "Get a channel"}, s.getChannel)
	register(s, Operation{ID: "updateChannel", Method: http.MethodPatch, Path: "/api/v4/channels/{id}", Tag: channelsTag, Role: crm.Administrator,
		Summary: "Change a channel", Description: "Secrets that are named are replaced, an empty one is removed, the others stay."}, s.updateChannel)
	register(s, Operation{ID: "deleteChannel", Method: http.MethodDelete, Path: "/api/v4/channels/{id}", Tag: channelsTag, Role: crm.Administrator,
		Summary: "Delete a channel that was never used", Description: "409 if it has chats: switch it off instead."}, s.deleteChannel)
}

type channelJSON struct {
	ID         int64           `json:"id"`
	Kind       string          `json:"kind"`
	Name       string          `json:"name"`
	Settings   json.RawMessage `json:"settings"`
	PipelineID int64           `json:"pipeline_id"`
	SourceID   int64           `json:"source_id"`
	IsActive   bool            `json:"is_active"`
	// SecretNames are the secrets that are set; their values never come back.
	SecretNames []string `json:"secret_names"`
	// ConnectError is why the provider could not be told about the channel, in the answer to connecting it.
	ConnectError string `json:"connect_error,omitempty"`
	CreatedAt    int64  `json:"created_at"`
	UpdatedAt    int64  `json:"updated_at"`
	Links        Links  `json:"_links"`
}

type channelsEmbedded struct {
	Channels []channelJSON `json:"channels"`
}

func (s *Server) showChannel(ctx context.Context, c crm.Channel) channelJSON {
	// A server whose key is another one still shows its channels; it only can't say which secrets they have.
	secrets, _ := s.Store.OpenSecrets(c)
	return channelJSON{ID: c.ID, Kind: c.Kind, Name: c.Name, Settings: c.Settings, PipelineID: c.PipelineID, SourceID: c.SourceID, IsActive: c.IsActive,
		SecretNames: append([]string{}, slices.Sorted(maps.Keys(secrets))...), CreatedAt: unix(c.CreatedAt), UpdatedAt: unix(c.UpdatedAt),
		Links: selfLink(ctx, fmt.Sprintf("/channels/%d", c.ID))}
}

type kindJSON struct {
	Kind         string                `json:"kind"`
	Capabilities channels.Capabilities `json:"capabilities"`
}

type kindsEmbedded struct {
	Kinds []kindJSON `json:"kinds"`
}

func (s *Server) listChannelKinds(ctx context.Context, _ None, _ None) (Collection[kindsEmbedded], error) {
	shown := []kindJSON{}
	for _, name := range slices.Sorted(maps.Keys(s.Channels)) {
		shown = append(shown, kindJSON{Kind: name, Capabilities: s.Channels[name].Capabilities()})
	}
	return whole(ctx, len(shown), kindsEmbedded{Kinds: shown}), nil
}

func (s *Server) listChannels(ctx context.Context, _ None, _ None) (Collection[channelsEmbedded], error) {
	list, err := s.Store.Channels(ctx)
	return whole(ctx, len(list), channelsEmbedded{Channels: showAll(ctx, list, s.showChannel)}), err
}

func (s *Server) getChannel(ctx context.Context, p byID, _ None) (channelJSON, error) {
	channel, err := s.Store.Channel(ctx, p.ID)
	if err != nil {
		return channelJSON{}, err
	}
	return s.showChannel(ctx, channel), nil
}

type newChannel struct {
	Kind       string            `json:"kind"`
	Name       string            `json:"name"`
	Settings   json.RawMessage   `json:"settings,omitempty"`
	Secrets    map[string]string `json:"secrets,omitempty"`
	PipelineID int64             `json:"pipeline_id,omitempty"`
	// IsActive is true unless said.
	IsActive *bool `json:"is_active,omitempty"`
}

func (s *Server) addChannel(ctx context.Context, _ None, body newChannel) (channelJSON, error) {
	if err := s.validChannel(body.Kind, body.Settings, body.Secrets); err != nil {
		return channelJSON{}, err
	}
	active := body.IsActive == nil || *body.IsActive
	var channel crm.Channel
	err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		channel, err = tx.CreateChannel(ctx, actorOf(ctx), crm.Channel{Kind: body.Kind, Name: body.Name, Settings: body.Settings, PipelineID: body.PipelineID, IsActive: active}, body.Secrets)
		return err
	})
	if err != nil {
		return channelJSON{}, err
	}
	return s.connect(ctx, channel)
}

func (s *Server) validChannel(kindName string, settings json.RawMessage, secrets map[string]string) error {
	kind, ok := s.Channels[kindName]
	if !ok {
		return crm.FieldError("kind", "must be one of %s", strings.Join(slices.Sorted(maps.Keys(s.Channels)), ", "))
	}
	return kind.Validate(settings, secrets)
}

// connect tells the provider where to deliver. It is called after the commit: a delivery may come before it returns.
func (s *Server) connect(ctx context.Context, channel crm.Channel) (channelJSON, error) {
	connector, ok := s.Channels[channel.Kind].(channels.Connector)
	if !ok {
		return s.showChannel(ctx, channel), nil
	}
	account, err := s.account(channel)
	if err != nil {
		return channelJSON{}, err
	}
	if !channel.IsActive {
		if err := connector.Disconnect(ctx, account); err != nil {
			s.Log.Warn("the provider was not told that the channel is off", "channel", channel.ID, "error", err)
		}
		return s.showChannel(ctx, channel), nil
	}
	connectErr := connector.Connect(ctx, account, callerOf(ctx).base+hooks.Path(channel))
	if connectErr == nil {
		return s.showChannel(ctx, channel), nil
	}
	off := false
	err = s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		channel, err = tx.UpdateChannel(ctx, actorOf(ctx), channel.ID, db.ChannelEdit{IsActive: &off})
		return err
	})
	shown := s.showChannel(ctx, channel)
	shown.ConnectError = connectErr.Error()
	return shown, err
}

// account is a channel with its secrets decrypted.
func (s *Server) account(channel crm.Channel) (channels.Account, error) {
	secrets, err := s.Store.OpenSecrets(channel)
	return channels.Account{ID: channel.ID, Settings: channel.Settings, Secrets: secrets}, err
}

type channelPatch struct {
	Kind       string            `json:"kind,omitempty"`
	Name       *string           `json:"name,omitempty"`
	Settings   json.RawMessage   `json:"settings,omitempty"`
	Secrets    map[string]string `json:"secrets,omitempty"`
	PipelineID *int64            `json:"pipeline_id,omitempty"`
	IsActive   *bool             `json:"is_active,omitempty"`
}

func (s *Server) updateChannel(ctx context.Context, p byID, body channelPatch) (channelJSON, error) {
	before, err := s.Store.Channel(ctx, p.ID)
	if err != nil {
		return channelJSON{}, err
	}
	if body.Kind != "" && body.Kind != before.Kind {
		return channelJSON{}, crm.FieldError("kind", "a channel's kind can't change; connect another channel")
	}
	edit := db.ChannelEdit{Name: body.Name, Settings: body.Settings, PipelineID: body.PipelineID, IsActive: body.IsActive}
	if edit.Secrets, err = s.mergedSecrets(before, body.Secrets); err != nil {
		return channelJSON{}, err
	}
	settings := before.Settings
	if len(body.Settings) > 0 {
		settings = body.Settings
	}
	if err := s.validChannel(before.Kind, settings, edit.Secrets); err != nil {
		return channelJSON{}, err
	}
	var channel crm.Channel
	err = s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		channel, err = tx.UpdateChannel(ctx, actorOf(ctx), p.ID, edit)
		return err
	})
	if err != nil {
		return channelJSON{}, err
	}
	if body.Secrets == nil && len(body.Settings) == 0 && body.IsActive == nil {
		return s.showChannel(ctx, channel), nil
	}
	return s.connect(ctx, channel)
}

func (s *Server) mergedSecrets(channel crm.Channel, change map[string]string) (map[string]string, error) {
	secrets, err := s.Store.OpenSecrets(channel)
	if err != nil {
		return nil, err
	}
	for name, value := range change {
		if value == "" {
			delete(secrets, name)
			continue
		}
		secrets[name] = value
	}
	return secrets, nil
}

func (s *Server) deleteChannel(ctx context.Context, p byID, _ None) (None, error) {
	channel, err := s.Store.Channel(ctx, p.ID)
	if err != nil {
		return None{}, err
	}
	if err := s.Store.Change(ctx, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteChannel(ctx, actorOf(ctx), p.ID) }); err != nil {
		return None{}, err
	}
	channel.IsActive = false
	_, err = s.connect(ctx, channel)
	return None{}, err
}

// local says of a channel kind that its messages have arrived when they are committed.
func (s *Server) local(kind string) bool {
	channel, ok := s.Channels[kind]
	return ok && channel.Capabilities().Local
}
