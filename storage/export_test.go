package storage

// Exec says SQL that no method says.
func Exec(db *DB, query string) error {
	_, err := db.write.Exec(query)
	return err
}
