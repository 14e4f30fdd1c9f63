package db_test

import (
	"context"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"salesbot/crm"
	"salesbot/db"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func newPipeline(t testing.TB, store *db.Store, p crm.Pipeline, stages ...crm.Stage) crm.Pipeline {
	t.Helper()
	change(t, store, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = tx.CreatePipeline(ctx, ada, p, stages)
		return err
	})
	return p
}

func TestAPipelineHasItsSystemStages(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		p := newPipeline(t, store, crm.Pipeline{Name: "Service", IsUnsortedOn: true}, crm.Stage{Name: "A"}, crm.Stage{ID: crm.StageWon, Name: "Solved"}, crm.Stage{Name: "B"})
		var names []string
		var sorts []int
		for _, s := range stages(t, store, p.ID) {
			names, sorts = append(names, s.Name), append(sorts, s.Sort)
		}
		require.Equal(t, []string{"Incoming leads", "A", "B", "Solved", "Closed - lost"}, names)
		require.Equal(t, []int{10, 20, 30, 10000, 11000}, sorts)

		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			stage, err := tx.CreateStage(ctx, ada, crm.Stage{PipelineID: p.ID, Name: "C", Sort: 100})
			require.Equal(t, 40, stage.Sort)
			require.NoError(t, err)
			_, err = tx.UpdateStage(ctx, ada, p.ID, crm.StageLost, db.StageEdit{Name: pointer("Given up")})
			require.NoError(t, err)
			stage, err = tx.UpdateStage(ctx, ada, p.ID, stage.ID, db.StageEdit{Sort: pointer(15)})
			require.Equal(t, 20, stage.Sort)
			return err
		})
		refused(t, store, crm.Invalid, "id", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.UpdateStage(ctx, ada, p.ID, crm.StageWon, db.StageEdit{Sort: pointer(1)})
			return err
		})
		refused(t, store, crm.Invalid, "color", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.CreateStage(ctx, ada, crm.Stage{PipelineID: p.ID, Name: "D", Color: "red"})
			return err
		})
		refused(t, store, crm.Conflict, "", func(ctx context.Context, tx *db.Tx) error { return tx.DeleteStage(ctx, ada, p.ID, crm.StageWon) })
	})
}

func TestTheLeadsOfADeletedStageMoveOn(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		p := newPipeline(t, store, crm.Pipeline{Name: "Service"}, crm.Stage{Name: "A"}, crm.Stage{Name: "B"})
		list := stages(t, store, p.ID)
		lead := newLead(t, store, crm.Lead{StageID: list[0].ID})
		require.Equal(t, p.ID, lead.PipelineID, "a stage names its pipeline")
		n := len(events(t, store))
		change(t, store, func(ctx context.Context, tx *db.Tx) error { return tx.DeleteStage(ctx, ada, p.ID, list[0].ID) })
		require.Equal(t, []crm.EventType{crm.LeadStatusChanged, crm.PipelineChanged}, happened(t, store, n))
		moved, err := store.Lead(t.Context(), lead.ID)
		require.NoError(t, err)
		require.Equal(t, list[1].ID, moved.StageID)
		refused(t, store, crm.Conflict, "", func(ctx context.Context, tx *db.Tx) error { return tx.DeleteStage(ctx, ada, p.ID, list[1].ID) })
		refused(t, store, crm.Conflict, "", func(ctx context.Context, tx *db.Tx) error { return tx.DeletePipeline(ctx, ada, p.ID) })
	})
}

func TestOnePipelineIsTheMainOneAndOneIsLeft(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		p := newPipeline(t, store, crm.Pipeline{Name: "Service", IsMain: true})
		mains := func() (ids []int64) {
			list, err := store.Pipelines(t.Context())
			require.NoError(t, err)
			for _, each := range list {
				if each.IsMain {
					ids = append(ids, each.ID)
				}
			}
			return ids
		}
		require.Equal(t, []int64{p.ID}, mains())
		refused(t, store, crm.Invalid, "is_main", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.UpdatePipeline(ctx, ada, p.ID, db.PipelineEdit{IsMain: pointer(false)})
			return err
		})
		change(t, store, func(ctx context.Context, tx *db.Tx) error { return tx.DeletePipeline(ctx, ada, p.ID) })
		require.Equal(t, []int64{1}, mains())
		refused(t, store, crm.Conflict, "", func(ctx context.Context, tx *db.Tx) error { return tx.DeletePipeline(ctx, ada, 1) })
	})
}

func TestTheIncomingStageComesAndGoes(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		var incoming crm.Stage
		change(t, store, func(ctx context.Context, tx *db.Tx) (err error) {
			incoming, err = tx.IncomingStage(ctx, 0)
			return err
		})
		lead := newLead(t, store, crm.Lead{StageID: incoming.ID})
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.UpdatePipeline(ctx, ada, 1, db.PipelineEdit{IsUnsortedOn: pointer(false)})
			return err
		})
		list := stages(t, store, 1)
		require.Equal(t, crm.StageNormal, list[0].Type)
		moved, err := store.Lead(t.Context(), lead.ID)
		require.NoError(t, err)
		require.Equal(t, list[0].ID, moved.StageID)
		change(t, store, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.UpdatePipeline(ctx, ada, 1, db.PipelineEdit{IsUnsortedOn: pointer(true)})
			return err
		})
		require.Equal(t, crm.StageIncoming, stages(t, store, 1)[0].Type)
	})
}

func TestPipelinesAndStagesAreLimited(t *testing.T) {
	eachCRM(t, func(t *testing.T, store *db.Store) {
		many := make([]crm.Stage, crm.MaxStages-1)
		for i := range many {
			many[i].Name = "stage"
		}
		refused(t, store, crm.Invalid, "_embedded.statuses", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.CreatePipeline(ctx, ada, crm.Pipeline{Name: "x"}, many)
			return err
		})
		p := newPipeline(t, store, crm.Pipeline{Name: "x"}, many[1:]...)
		refused(t, store, crm.Invalid, "pipeline_id", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.CreateStage(ctx, ada, crm.Stage{PipelineID: p.ID, Name: "one more"})
			return err
		})
		for range crm.MaxPipelines - 2 {
			newPipeline(t, store, crm.Pipeline{Name: "x"})
		}
		refused(t, store, crm.Invalid, "", func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.CreatePipeline(ctx, ada, crm.Pipeline{Name: "one more"}, nil)
			return err
		})
	})
}
