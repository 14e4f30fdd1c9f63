package db_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
)

func TestASourceNeverNamesAPipelineThatIsGone(t *testing.T) {
	t.Parallel()
	eachCRM(t, func(t *testing.T, store *db.Store) {
		p, old := newPipeline(t, store, crm.Pipeline{Name: "Second"}), newPipeline(t, store, crm.Pipeline{Name: "Third"})
		var channel crm.Channel
		sources := map[string]crm.Source{"made": {Name: "Site", Kind: "api", ExternalID: "site", PipelineID: p.ID}, "free": {Name: "Any", Kind: "api", ExternalID: "any"}}
		change(t, store, func(ctx context.Context, tx *db.Tx) (err error) {
			for name, source := range sources {
				if sources[name], err = tx.SaveSource(ctx, source); err != nil {
					return err
				}
			}
			if channel, err = tx.CreateChannel(ctx, ada, crm.Channel{Kind: "telegram", Name: "Shop", PipelineID: old.ID}, nil); err != nil {
				return err
			}
			channel, err = tx.UpdateChannel(ctx, ada, channel.ID, db.ChannelEdit{PipelineID: &p.ID})
			return err
		})
		pipelineOf := func(id int64) int64 {
			source, err := store.Source(t.Context(), id)
			require.NoError(t, err)
			return source.PipelineID
		}
		require.Equal(t, p.ID, pipelineOf(channel.SourceID), "a channel's source follows the channel")
		change(t, store, func(ctx context.Context, tx *db.Tx) error { return tx.DeletePipeline(ctx, ada, p.ID) })
		require.EqualValues(t, 1, pipelineOf(sources["made"].ID))
		require.EqualValues(t, 1, pipelineOf(channel.SourceID))
		require.Zero(t, pipelineOf(sources["free"].ID), "a source of no pipeline stays so")
		refused(t, store, crm.Invalid, "pipeline_id", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.SaveSource(ctx, crm.Source{Name: "Late", Kind: "api", ExternalID: "late", PipelineID: p.ID})
			return err
		})
	})
}

// A channel's lead and a lead that a program puts among the incoming ones begin by the same rule.
func TestAChannelsLeadBeginsAtTheFirstOrdinaryStageWithoutAnIncomingOne(t *testing.T) {
	t.Parallel()
	eachDesk(t, "{}", func(t *testing.T, d *desk) {
		off := false
		change(t, d.store, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.UpdatePipeline(ctx, ada, d.channel.PipelineID, db.PipelineEdit{IsUnsortedOn: &off})
			return err
		})
		lead, err := d.store.Lead(t.Context(), d.accept(says("m1", "hi")).Chat.LeadID)
		require.NoError(t, err)
		list, err := d.store.Stages(t.Context(), d.channel.PipelineID)
		require.NoError(t, err)
		require.Equal(t, list[0].ID, lead.StageID)
		require.True(t, list[0].IsEditable)
	})
}
