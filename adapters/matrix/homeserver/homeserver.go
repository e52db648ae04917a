// Package homeserver runs a real Matrix homeserver for tests, on this machine alone.
package homeserver

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Name is the server's part of every id: @amina:localtest.
const Name = "localtest"

// Password is the password of everybody whom Register made.
const Password = "a password for tests"

// Server is a homeserver in a process of its own, with a front before it. Its data lie in a folder that Stop deletes, in
// memory where this machine offers that.
type Server struct {
	URL string

	binary, folder, address string

	mu      sync.Mutex
	process *exec.Cmd
	front   *http.Server
	log     bytes.Buffer
	users   int
}

// Binary finds the server that `make homeserver` builds, from the folder of a test; "" when it is not built.
func Binary() string {
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for {
		name := filepath.Join(dir, ".bin", "dendrite")
		if _, err := os.Stat(name); err == nil {
			return name
		}
		if up := filepath.Dir(dir); up != dir {
			dir = up
			continue
		}
		return ""
	}
}

// For is a server for one test. The test is skipped when the server was not built, and fails where CI is true.
func For(t testing.TB) *Server {
	t.Helper()
	need(t)
	s, err := Start(Binary(), "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.Stop()
		if t.Failed() {
			t.Logf("the homeserver said:\n%s", s.log.String())
		}
	})
	return s
}

func need(t testing.TB) {
	t.Helper()
	if Binary() != "" {
		return
	}
	if os.Getenv("CI") == "true" {
		t.Fatal("the homeserver is not built (make homeserver), and where CI is true nothing is left out")
	}
	t.Skip("the homeserver is not built; make homeserver builds it")
}

// Start runs the server whose program is binary. Its data are kept in folder, or, where that is "", in a new one
// that Stop deletes.
func Start(binary, folder string) (*Server, error) {
	binary, err := filepath.Abs(binary)
	if err != nil {
		return nil, err
	}
	s := &Server{binary: binary, folder: folder}
	if folder == "" {
		base := "/dev/shm"
		if info, err := os.Stat(base); err != nil || !info.IsDir() {
			base = os.TempDir()
		}
		if s.folder, err = os.MkdirTemp(base, "ginnel-homeserver"); err != nil {
			if s.folder, err = os.MkdirTemp("", "ginnel-homeserver"); err != nil {
				return nil, err
			}
		}
	}
	if err := s.configure(); err != nil {
		s.Stop()
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		s.Stop()
		return nil, err
	}
	s.address = l.Addr().String()
	l.Close()
	s.URL = "http://" + s.address
	if err := s.Run(); err != nil {
		s.Stop()
		return nil, err
	}
	return s, nil
}

// Run starts the server again where it was, after Kill. It returns once the server answers.
func (s *Server) Run() (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log.Reset()
	// A port may be taken between looking and using it.
	const tries = 4
	inner := ""
	for range tries {
		if inner, err = s.run(); err == nil {
			break
		}
	}
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", s.address)
	if err != nil {
		return errors.Join(err, s.process.Process.Kill(), s.process.Wait())
	}
	s.front = newFront(inner)
	go func(front *http.Server) { _ = front.Serve(l) }(s.front)
	return nil
}

// run starts the process, and returns the address at which it answers.
func (s *Server) run() (inner string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	inner = l.Addr().String()
	l.Close()
	s.process = exec.Command(s.binary, "-config", "dendrite.yaml", "-http-bind-address", inner, "-really-enable-open-registration")
	s.process.Dir = s.folder
	s.process.Stdout, s.process.Stderr = &s.log, &s.log
	endWithParent(s.process)
	if err := s.process.Start(); err != nil {
		return "", err
	}
	const patience = 30 * time.Second
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if r, err := http.Get("http://" + inner + "/_matrix/client/versions"); err == nil {
			r.Body.Close()
			if r.StatusCode == http.StatusOK {
				return inner, nil
			}
		}
		if s.process.Process.Signal(syscall.Signal(0)) != nil {
			break
		}
	}
	_ = s.process.Process.Kill()
	_ = s.process.Wait()
	return "", fmt.Errorf("the homeserver does not answer:\n%s", s.log.String())
}

// Kill ends the server's process at once, as a power cut would, and waits until it is gone.
func (s *Server) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.process != nil && s.process.Process != nil {
		_ = s.process.Process.Kill()
		_ = s.process.Wait()
		s.process = nil
	}
	if s.front != nil {
		_ = s.front.Close()
		s.front = nil
	}
}

// Stop ends the server and deletes what it kept.
func (s *Server) Stop() {
	s.Kill()
	if strings.Contains(s.folder, "ginnel-homeserver") {
		os.RemoveAll(s.folder)
	}
}

func (s *Server) configure() error {
	if err := os.MkdirAll(s.folder, 0o700); err != nil {
		return err
	}
	key := filepath.Join(s.folder, "key.pem")
	if _, err := os.Stat(key); errors.Is(err, os.ErrNotExist) {
		seed := make([]byte, ed25519.SeedSize)
		if _, err := rand.Read(seed); err != nil {
			return err
		}
		block := &pem.Block{Type: "MATRIX PRIVATE KEY", Headers: map[string]string{"Key-ID": "ed25519:tests"}, Bytes: seed}
		if err := os.WriteFile(key, pem.EncodeToMemory(block), 0o600); err != nil {
			return err
		}
	}
	var config strings.Builder
	fmt.Fprintf(&config, `version: 2
global:
  server_name: %s
  private_key: key.pem
  disable_federation: true
  jetstream:
    in_memory: true
    storage_path: jetstream
client_api:
  registration_disabled: false
  rate_limiting:
    enabled: false
logging:
- type: std
  level: error
`, Name)
	for _, part := range []string{"federation_api", "key_server", "media_api", "room_server", "sync_api", "user_api", "relay_api", "mscs"} {
		name := "database"
		if part == "user_api" {
			name = "account_database"
		}
		fmt.Fprintf(&config, "%s:\n  %s:\n    connection_string: file:%s.db\n", part, name, part)
		if part == "user_api" {
			config.WriteString("  bcrypt_cost: 4\n")
		}
		if part == "media_api" {
			config.WriteString("  base_path: media\n")
		}
	}
	return os.WriteFile(filepath.Join(s.folder, "dendrite.yaml"), []byte(config.String()), 0o600)
}

// Register makes a person whose name begins with name, and returns his or her id. Names are never used twice.
func (s *Server) Register(ctx context.Context, name string) (user string, err error) {
	s.mu.Lock()
	s.users++
	name = fmt.Sprintf("%s-%d-%s", strings.ToLower(name), s.users, strings.ToLower(rand.Text()[:4]))
	s.mu.Unlock()
	return s.RegisterAs(ctx, name)
}

// RegisterAs makes the person called name exactly.
func (s *Server) RegisterAs(ctx context.Context, name string) (user string, err error) {
	body, err := json.Marshal(map[string]any{
		"username": name, "password": Password, "inhibit_login": true, "auth": map[string]string{"type": "m.login.dummy"},
	})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/_matrix/client/v3/register", bytes.NewReader(body))
	if err != nil {
		return "", err
	}
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer r.Body.Close()
	const most = 1 << 16
	answer, err := io.ReadAll(io.LimitReader(r.Body, most))
	if err != nil {
		return "", err
	}
	if r.StatusCode != http.StatusOK {
		return "", fmt.Errorf("register %s: %s: %s", name, r.Status, answer)
	}
	return "@" + name + ":" + Name, nil
}
