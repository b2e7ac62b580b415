"""The course on The Littlest JupyterHub; README.md beside this file says where it goes.

What `tljh-config` has no key for. Each setting is described at https://jupyterhub.readthedocs.io or
https://github.com/jupyterhub/systemdspawner under its name.
"""

c = get_config()  # noqa: F821  (JupyterHub gives it)

# Brings the chapters up to date without touching an answer, then starts the server. -P and -s:
# nothing that a learner has put into the home folder runs as part of the server.
c.Spawner.cmd = ["/opt/tljh/user/bin/python", "-P", "-s", "-m", "stcourse.classroom.seat"]
c.Spawner.disable_user_config = True
c.Spawner.default_url = "/lab/tree/stlearn-course/00_start_here.ipynb"
c.Spawner.start_timeout = c.Spawner.http_timeout = 300

# Each learner has an own /tmp, own devices and shared memory, sees the own processes only, and has
# so many. Where they hold too much memory a kernel ends, and not the whole server.
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.isolate_devices = True
c.SystemdSpawner.unit_extra_properties = {
    "PrivateIPC": "yes",
    "ProtectProc": "invisible",
    "TasksMax": "600",
    "OOMPolicy": "continue",
}

# A kernel that talks over TCP lets everybody on the machine listen to what it prints. Its sockets
# lie in the own /tmp, where no name is too long for them.
c.Spawner.args = ["--KernelManager.transport=ipc"]
c.Spawner.environment = {"JUPYTER_RUNTIME_DIR": "/tmp/jupyter"}
