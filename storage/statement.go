package storage

import (
	"container/list"
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"

	"github.com/jmoiron/sqlx"
	"modernc.org/sqlite"
)

// SQLite translates SQL into a program each time it is said, which takes longer than most programs run. A connection
// here keeps the programs of what it was told last. On PostgreSQL the driver does that itself.

const (
	// The bot says fewer than two hundred different things.
	maxStatements = 256
	// What is longer loads a spreadsheet or makes a table, and is seldom said again.
	maxStatementBytes = 4 << 10
)

// openSQLite is a pool of connections to the file that url names, each of which keeps its statements.
func openSQLite(url string) (*sqlx.DB, error) {
	c, err := sqlite.NewConnector(url)
	if err != nil {
		return nil, err
	}
	return sqlx.NewDb(sql.OpenDB(keepingConnector{c}), "sqlite"), nil
}

type keepingConnector struct{ driver.Connector }

func (k keepingConnector) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := k.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	able, ok := c.(sqliteConn)
	if !ok {
		return nil, errors.Join(errors.New("the driver of SQLite is another than this was written for"), c.Close())
	}
	return &keepingConn{sqliteConn: able, kept: map[string]*list.Element{}}, nil
}

// sqliteConn is what the driver's connections can do, and database/sql wants of them.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.Pinger
	driver.QueryerContext
	driver.SessionResetter
	driver.Validator
}

// keepingConn is a connection with the statements it keeps, the one used last in front. Like every connection
// it is used by one goroutine at a time.
type keepingConn struct {
	sqliteConn
	kept  map[string]*list.Element
	order list.List // of *keptStatement
}

type keptStatement struct {
	query string
	sqliteStmt
	busy bool // its rows are still being read
}

type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// statement is the one kept for query, prepared if there was none; nil for a query that is to go the plain way.
func (c *keepingConn) statement(ctx context.Context, query string) (*keptStatement, error) {
	if len(query) > maxStatementBytes {
		return nil, nil
	}
	if e := c.kept[query]; e != nil {
		c.order.MoveToFront(e)
		if s := e.Value.(*keptStatement); !s.busy {
			return s, nil
		}
		return nil, nil
	}
	prepared, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	able, ok := prepared.(sqliteStmt)
	if !ok {
		return nil, prepared.Close()
	}
	s := &keptStatement{query: query, sqliteStmt: able}
	c.kept[query] = c.order.PushFront(s)
	for e := c.order.Back(); e != nil && c.order.Len() > maxStatements; {
		old, before := e.Value.(*keptStatement), e.Prev()
		if !old.busy {
			if err := c.drop(old); err != nil {
				return nil, err
			}
		}
		e = before
	}
	return s, nil
}

func (c *keepingConn) drop(s *keptStatement) error {
	if e := c.kept[s.query]; e != nil && e.Value == s {
		c.order.Remove(e)
		delete(c.kept, s.query)
	}
	return s.Close()
}

func (c *keepingConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.ExecContext(ctx, query, args)
	}
	result, err := s.ExecContext(ctx, args)
	if err != nil {
		// Nobody knows in which state it was left. What its end says is the same error again.
		_ = c.drop(s)
		return nil, err
	}
	return result, nil
}

func (c *keepingConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	s, err := c.statement(ctx, query)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return c.sqliteConn.QueryContext(ctx, query, args)
	}
	rows, err := s.QueryContext(ctx, args)
	if err != nil {
		_ = c.drop(s)
		return nil, err
	}
	s.busy = true
	return &keptRows{rows, s, c}, nil
}

// Close ends the statements before the connection, which could not end otherwise.
func (c *keepingConn) Close() error {
	var errs []error
	for e := c.order.Front(); e != nil; e = e.Next() {
		errs = append(errs, e.Value.(*keptStatement).Close())
	}
	c.order.Init()
	clear(c.kept)
	return errors.Join(append(errs, c.sqliteConn.Close())...)
}

// keptRows give their statement back.
type keptRows struct {
	driver.Rows
	of   *keptStatement
	conn *keepingConn
}

func (r *keptRows) Close() error {
	r.of.busy = false
	err := r.Rows.Close()
	if err != nil {
		_ = r.conn.drop(r.of)
	}
	return err
}
