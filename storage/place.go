package storage

import (
	"context"
	"fmt"

	"ginnel/bot"
)

// Places is the table of places.
func (db *DB) Places(ctx context.Context) ([]bot.Place, error) {
	var places []bot.Place
	if err := db.read.SelectContext(ctx, &places, `select outcode, town, lat, lon, region from place order by outcode, town`); err != nil {
		return nil, fmt.Errorf("places: %w", err)
	}
	return places, nil
}

// PutPlaces adds to the table of places, and corrects it.
func (db *DB) PutPlaces(ctx context.Context, places []bot.Place) error {
	return db.inTx(ctx, func(ctx context.Context, s session) error {
		for _, p := range places {
			_, err := s.exec(ctx, `insert into place (outcode, town, lat, lon, region) values (?, ?, ?, ?, ?)
				on conflict (outcode, town) do update set lat = excluded.lat, lon = excluded.lon, region = excluded.region`, p.Outcode, p.Town, p.Lat, p.Lon, p.Region)
			if err != nil {
				return fmt.Errorf("places: %w", err)
			}
		}
		return nil
	})
}
