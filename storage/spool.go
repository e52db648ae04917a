package storage

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"ginnel/bot"
)

// SQLite has one writer, and a network waits for few seconds only until a message is stored. So what comes while
// something else writes for long is appended to a file beside the database, and moved into it by whoever next looks for
// messages: first what came first. What stands in both after a crash is stored once, since its key is.

// spoolAfter is how long a message waits for the writer before it is spooled.
const spoolAfter = 200 * time.Millisecond

// A spool is that file. What was moved is overwritten.
type spool struct {
	path string

	mu   sync.Mutex
	file *os.File        // nil while there is none
	size int64           // of its whole lines
	keys map[string]bool // of the messages in it
}

// spooled is one line of the file.
type spooled struct {
	Message bot.Message
	At      time.Time
}

// openSpool finds what a process that died left behind. The last line may be half of one, which nobody was told we have.
func openSpool(path string) (*spool, error) {
	p := &spool{path: path, keys: map[string]bool{}}
	f, err := os.OpenFile(path, os.O_RDWR, 0o600)
	if errors.Is(err, os.ErrNotExist) {
		return p, nil
	}
	if err != nil {
		return nil, err
	}
	p.file = f
	lines, size, err := readSpool(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	p.size = size
	for _, l := range lines {
		p.keys[l.Message.Key()] = true
	}
	return p, f.Truncate(size)
}

// readSpool reads the whole lines of f, and how many bytes they are.
func readSpool(f *os.File) (lines []spooled, size int64, err error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, 0, err
	}
	r := bufio.NewReader(f)
	for {
		line, err := r.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return lines, size, nil
		}
		if err != nil {
			return nil, 0, err
		}
		var l spooled
		if err := json.Unmarshal(line, &l); err != nil {
			return lines, size, nil // torn by a power cut; nothing whole comes after it
		}
		lines = append(lines, l)
		size += int64(len(line))
	}
}

// put appends m, and returns once the disk has it. fresh is false when it stands there already. must is false for what is only
// to follow others that wait.
func (p *spool) put(m bot.Message, now time.Time, must bool) (done, fresh bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !must && len(p.keys) == 0 {
		return false, false, nil
	}
	if p.keys[m.Key()] {
		return true, false, nil
	}
	line, err := json.Marshal(spooled{m, now})
	if err != nil {
		return false, false, fmt.Errorf("message: %w", err)
	}
	if p.file == nil {
		if p.file, err = os.OpenFile(p.path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
			return false, false, err
		}
		if err := syncFolder(p.path); err != nil {
			return false, false, err
		}
	}
	line = append(line, '\n')
	if _, err := p.file.WriteAt(line, p.size); err != nil {
		return false, false, err
	}
	if err := p.file.Sync(); err != nil {
		return false, false, err
	}
	p.size += int64(len(line))
	p.keys[m.Key()] = true
	return true, true, nil
}

// move hands what is spooled to store, which returns once all of it is in the database, and then forgets it. What comes meanwhile
// stays.
func (p *spool) move(store func([]spooled) error) error {
	p.mu.Lock()
	if len(p.keys) == 0 {
		p.mu.Unlock()
		return nil
	}
	lines, moved, err := readSpool(p.file)
	p.mu.Unlock()
	if err != nil {
		return err
	}
	if err := store(lines); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	rest := make([]byte, p.size-moved)
	if _, err := p.file.ReadAt(rest, moved); err != nil {
		return err
	}
	// Overwritten from the front: a crash in between leaves lines that are read as torn, or stored already. Only with nothing
	// left to lose is it done in place.
	if len(rest) > 0 {
		return nil // next time
	}
	if _, err := p.file.WriteAt(bytes.Repeat([]byte{'\n'}, int(p.size)), 0); err != nil {
		return err
	}
	if err := p.file.Sync(); err != nil {
		return err
	}
	p.size, p.keys = 0, map[string]bool{}
	return p.file.Truncate(0)
}

func (p *spool) has(key string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.keys[key]
}

func (p *spool) len() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.keys)
}

func (p *spool) close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.file == nil {
		return nil
	}
	return p.file.Close()
}

func syncFolder(path string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// PutMessage stores m once: fresh is false when its key was there already, handled or not. It returns within a second
// whatever else is being written. A Due message waits for its time in a lane of its own.
func (db *DB) PutMessage(ctx context.Context, m bot.Message, now time.Time) (fresh bool, err error) {
	store := func(ctx context.Context, s session) error {
		fresh, err = putMessage(ctx, s, m, now)
		return err
	}
	if db.spool == nil || ctx.Value(txKey{}) != nil {
		err := db.inTx(ctx, store)
		return fresh, err
	}
	if db.spool.len() > 0 {
		if known, err := db.Known(ctx, m.Key()); err != nil || known {
			return false, err
		}
		if done, fresh, err := db.spool.put(m, now, false); done || err != nil {
			return fresh, db.spoolError(err)
		}
	}
	waiting, cancel := context.WithTimeout(ctx, spoolAfter)
	defer cancel()
	c, err := db.write.Connx(waiting)
	if err == nil {
		err = db.onConn(ctx, c, store)
		return fresh, err
	}
	if ctx.Err() != nil || !errors.Is(err, context.DeadlineExceeded) {
		return false, fmt.Errorf("begin: %w", db.plainly(err))
	}
	known, err := db.Known(ctx, m.Key())
	if err != nil || known {
		return false, err
	}
	_, fresh, err = db.spool.put(m, now, true)
	return fresh, db.spoolError(err)
}

func (db *DB) spoolError(err error) error {
	if err != nil {
		return fmt.Errorf("spool: %w", db.plainly(err))
	}
	return nil
}

// unspool moves what was spooled into the database.
func (db *DB) unspool(ctx context.Context) error {
	if db.spool == nil {
		return nil
	}
	return db.spoolError(db.spool.move(func(lines []spooled) error {
		return db.inTx(ctx, func(ctx context.Context, s session) error {
			for _, l := range lines {
				if _, err := putMessage(ctx, s, l.Message, l.At); err != nil {
					return err
				}
			}
			return nil
		})
	}))
}
