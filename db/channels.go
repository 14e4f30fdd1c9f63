package db

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"salesbot/crm"
)

// maxChannelName is in characters.
const maxChannelName = 100

// Channels lists the channels by id, also those that are switched off. Their secrets stay sealed.
func (s *Store) Channels(ctx context.Context) ([]crm.Channel, error) {
	var channels []crm.Channel
	if err := s.read.NewSelect().Model(&channels).Order("id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("read channels: %w", err)
	}
	return channels, nil
}

// Channel finds a channel.
func (s *Store) Channel(ctx context.Context, id int64) (crm.Channel, error) {
	var channel crm.Channel
	err := s.read.NewSelect().Model(&channel).Where("id = ?", id).Scan(ctx)
	return channel, found(err, "channel", id)
}

// OpenSecrets decrypts a channel's secrets.
func (s *Store) OpenSecrets(channel crm.Channel) (map[string]string, error) {
	secrets := map[string]string{}
	if len(channel.Secrets) == 0 {
		return secrets, nil
	}
	plain, err := s.keys.decrypt(channel.Secrets, channel.Kind)
	if err != nil {
		return nil, fmt.Errorf("channel %d: %w", channel.ID, err)
	}
	if err := json.Unmarshal(plain, &secrets); err != nil {
		return nil, fmt.Errorf("channel %d: read secrets: %w", channel.ID, err)
	}
	return secrets, nil
}

func (tx *Tx) sealSecrets(channel *crm.Channel, secrets map[string]string) error {
	channel.Secrets = nil
	if len(secrets) == 0 {
		return nil
	}
	plain, err := json.Marshal(secrets)
	if err != nil {
		return fmt.Errorf("write secrets: %w", err)
	}
	channel.Secrets, err = tx.store.keys.encrypt(plain, channel.Kind)
	return err
}

// CreateChannel connects an account and makes the source that its leads come from. The kind has checked settings and
// secrets before.
func (tx *Tx) CreateChannel(ctx context.Context, actor crm.Actor, channel crm.Channel, secrets map[string]string) (crm.Channel, error) {
	if err := tx.completeChannel(ctx, &channel); err != nil {
		return channel, err
	}
	if err := tx.sealSecrets(&channel, secrets); err != nil {
		return channel, err
	}
	channel.CreatedAt, channel.UpdatedAt = tx.Now, tx.Now
	if _, err := tx.NewInsert().Model(&channel).Exec(ctx); err != nil {
		return channel, fmt.Errorf("add channel: %w", err)
	}
	source := crm.Source{Name: channel.Name, Kind: channel.Kind, ExternalID: "channel-" + strconv.FormatInt(channel.ID, 10), PipelineID: channel.PipelineID, CreatedAt: tx.Now}
	if _, err := tx.NewInsert().Model(&source).Exec(ctx); err != nil {
		return channel, fmt.Errorf("add the channel's source: %w", err)
	}
	channel.SourceID = source.ID
	if _, err := tx.NewUpdate().Model(&channel).WherePK().Column("source_id").Exec(ctx); err != nil {
		return channel, fmt.Errorf("add the channel's source: %w", err)
	}
	return channel, tx.event(ctx, actor, crm.ChannelChangedEvent{Channel: channel})
}

// ChannelEdit is what UpdateChannel changes; nil leaves a field as it is.
type ChannelEdit struct {
	Name       *string
	Settings   json.RawMessage
	PipelineID *int64
	IsActive   *bool
	// Secrets replaces all secrets.
	Secrets map[string]string
}

// UpdateChannel changes a channel.
func (tx *Tx) UpdateChannel(ctx context.Context, actor crm.Actor, id int64, edit ChannelEdit) (crm.Channel, error) {
	var channel crm.Channel
	err := tx.lock(tx.NewSelect().Model(&channel).Where("id = ?", id)).Scan(ctx)
	if err := found(err, "channel", id); err != nil {
		return channel, err
	}
	set(&channel.Name, edit.Name)
	set(&channel.PipelineID, edit.PipelineID)
	set(&channel.IsActive, edit.IsActive)
	if len(edit.Settings) > 0 {
		channel.Settings = edit.Settings
	}
	if err := tx.completeChannel(ctx, &channel); err != nil {
		return channel, err
	}
	if edit.Secrets != nil {
		if err := tx.sealSecrets(&channel, edit.Secrets); err != nil {
			return channel, err
		}
	}
	channel.UpdatedAt = tx.Now
	if _, err := tx.NewUpdate().Model(&channel).WherePK().Exec(ctx); err != nil {
		return channel, fmt.Errorf("update channel %d: %w", id, err)
	}
	if edit.PipelineID != nil { // the source that the channel made says where its leads come
		_, err := tx.NewUpdate().Model((*crm.Source)(nil)).Set("pipeline_id = ?", channel.PipelineID).Where("id = ?", channel.SourceID).Exec(ctx)
		if err != nil {
			return channel, fmt.Errorf("update the source of channel %d: %w", id, err)
		}
	}
	return channel, tx.event(ctx, actor, crm.ChannelChangedEvent{Channel: channel})
}

// DeleteChannel takes a channel away that was never used; one that has chats can only be switched off.
func (tx *Tx) DeleteChannel(ctx context.Context, actor crm.Actor, id int64) error {
	used, err := tx.NewSelect().Model((*crm.Chat)(nil)).Where("channel_id = ?", id).Exists(ctx)
	if err != nil {
		return fmt.Errorf("look for chats of channel %d: %w", id, err)
	}
	if used {
		return crm.Errorf(crm.Conflict, "channel %d has chats; switch it off instead", id)
	}
	result, err := tx.NewDelete().Model((*crm.Channel)(nil)).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete channel %d: %w", id, err)
	}
	if err := touched(result, "channel", id); err != nil {
		return err
	}
	err = tx.dropTriggers(ctx, actor, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("channel_id = ?", id) })
	if err != nil {
		return err
	}
	return tx.event(ctx, actor, crm.ChannelChangedEvent{Channel: crm.Channel{ID: id}, Deleted: true})
}

func (tx *Tx) completeChannel(ctx context.Context, channel *crm.Channel) error {
	channel.Name = strings.TrimSpace(channel.Name)
	if n := utf8.RuneCountInString(channel.Name); n == 0 || n > maxChannelName {
		return crm.FieldError("name", "must have 1 to %d characters", maxChannelName)
	}
	if len(bytes.TrimSpace(channel.Settings)) == 0 {
		channel.Settings = json.RawMessage("{}")
	}
	if channel.PipelineID == 0 {
		return nil
	}
	return blame("pipeline_id", tx.holdPipeline(ctx, channel.PipelineID))
}

// ChannelsByID are these channels by their ids.
func (s *Store) ChannelsByID(ctx context.Context, ids []int64) (map[int64]crm.Channel, error) {
	byID := map[int64]crm.Channel{}
	if len(ids) == 0 {
		return byID, nil
	}
	var channels []crm.Channel
	if err := s.read.NewSelect().Model(&channels).Where("id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("read channels: %w", err)
	}
	for _, c := range channels {
		byID[c.ID] = c
	}
	return byID, nil
}

// ChatKinds are the kinds of these chats' channels, by chat.
func (s *Store) ChatKinds(ctx context.Context, chatIDs []string) (map[string]string, error) {
	kinds := map[string]string{}
	if len(chatIDs) == 0 {
		return kinds, nil
	}
	var rows []struct{ ID, Kind string }
	err := s.read.NewSelect().TableExpr("chats AS c").ColumnExpr("c.id, ch.kind").Join("JOIN channels AS ch ON ch.id = c.channel_id").
		Where("c.id IN (?)", bun.List(chatIDs)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("read the chats' channels: %w", err)
	}
	for _, row := range rows {
		kinds[row.ID] = row.Kind
	}
	return kinds, nil
}
