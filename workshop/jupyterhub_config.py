"""The hub of a workshop, as `stlearn workshop` starts it.

The teacher's choices come from the command, in the variable STLEARN_WORKSHOP. Each setting is
described at https://jupyterhub.readthedocs.io under its name.
"""

import os
import sys

from stcourse.authoring.notebooks import course_folder, notebooks_in
from stcourse.classroom.hub import ClassPassword, LearnerSpawner
from stcourse.classroom.seats import Settings

c = get_config()  # noqa: F821  (JupyterHub gives it)
settings = Settings.from_text(os.environ["STLEARN_WORKSHOP"])

# Who may enter: whoever knows the class password, with a word of their own. Nobody is an
# administrator of the hub: the teacher has the machine itself.
ClassPassword.class_settings = LearnerSpawner.class_settings = settings
c.JupyterHub.authenticator_class = ClassPassword
c.JupyterHub.spawner_class = LearnerSpawner

# The hub talks on loopback only. Learners reach it through the proxy, which runs beside the hub:
# when the hub is restarted, open notebooks stay open.
scheme = "https" if settings.certificate else "http"
c.JupyterHub.bind_url = f"{scheme}://{settings.address}:{settings.port}"
c.JupyterHub.subdomain_host = settings.subdomains
c.JupyterHub.hub_bind_url = os.environ["STLEARN_HUB"]
c.ConfigurableHTTPProxy.should_start = False
c.ConfigurableHTTPProxy.api_url = os.environ["STLEARN_PROXY"]
c.ConfigurableHTTPProxy.auth_token = os.environ["CONFIGPROXY_AUTH_TOKEN"]
c.JupyterHub.cleanup_servers = False

# What the hub must not forget. A new key for cookies would send everybody back to the login page.
c.JupyterHub.db_url = f"sqlite:///{settings.hub / 'jupyterhub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(settings.hub / "cookie_secret")
c.ConfigurableHTTPProxy.pid_file = str(settings.hub / "proxy.pid")

# Thirty servers on a few cores take their time to start when all learners come at once.
c.Spawner.start_timeout = 300
c.Spawner.http_timeout = 300
c.JupyterHub.concurrent_spawn_limit = 0
c.JupyterHub.tornado_settings = {"slow_spawn_timeout": 0}
c.Spawner.poll_interval = 5
c.LearnerSpawner.interrupt_timeout = 5
c.LearnerSpawner.term_timeout = 5

# A kernel that talks over TCP lets everybody on this machine listen to what it prints; its sockets
# lie where only the learner's own processes see them. Without walls there is no such place.
c.Spawner.args = ["--KernelManager.transport=ipc"] if settings.walls else []

# With TLS no cookie goes over plain HTTP. The hub finds out by itself for all but one kind.
if settings.certificate:
    c.JupyterHub.tornado_settings["xsrf_cookie_kwargs"] = {"secure": True}
    c.Spawner.args += ["--ServerApp.tornado_settings={'xsrf_cookie_kwargs': {'secure': True}}"]

c.Spawner.default_url = f"/lab/tree/{notebooks_in(course_folder())[0].name}"
# A learner's processes get nothing of the hub's surroundings but this.
c.Spawner.env_keep = ["PATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "CONDA_DEFAULT_ENV", "CONDA_ROOT"]

# Servers that nobody uses are stopped; files stay, and the next visit starts a server again. The
# hub hears of activity several times within that span: a server in use must never look idle.
idle = round(settings.idle * 60)  # seconds
hear = max(1, min(300, idle // 4))
c.JupyterHub.activity_resolution = min(30, hear)
c.Spawner.environment = {"JUPYTERHUB_ACTIVITY_INTERVAL": str(hear)}
# Whenever it asks the proxy for activity it also tells a new proxy what the one before it knew.
c.JupyterHub.last_activity_interval = min(5, hear)
c.JupyterHub.services = [
    {
        "name": "idle-culler",
        # It ends with the hub, however that ends: each start of the hub begins one.
        "command": [
            "setpriv",
            "--pdeathsig=TERM",
            sys.executable,
            "-m",
            "jupyterhub_idle_culler",
            f"--timeout={idle}",
        ],
    },
]
c.JupyterHub.load_roles = [
    {
        "name": "idle-culler",
        "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
        "services": ["idle-culler"],
    },
]
