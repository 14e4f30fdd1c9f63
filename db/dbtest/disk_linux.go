package dbtest

import (
	"os"
	"syscall"
	"testing"
)

// SmallDisk mounts a disk of that size, such as "1m", in a folder that the test may fill. Only root may mount; without its
// rights the test is skipped.
func SmallDisk(t *testing.T, size string) (folder string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("only root may mount the disk that this test fills up")
	}
	folder = t.TempDir()
	if err := syscall.Mount("tmpfs", folder, "tmpfs", 0, "size="+size); err != nil {
		t.Fatal("mount a disk to fill up:", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(folder, syscall.MNT_DETACH) })
	return folder
}
