# The course's settings for The Littlest JupyterHub, whose own command writes and checks them.
set -eu

# Whoever has been let in by the teacher may enter; the word is an own one, and guesses wait.
tljh-config set auth.type nativeauthenticator.NativeAuthenticator
tljh-config set auth.NativeAuthenticator.allow_all true
tljh-config set auth.NativeAuthenticator.minimum_password_length 10
tljh-config set auth.NativeAuthenticator.check_common_password true
tljh-config set auth.NativeAuthenticator.allowed_failed_logins 3
tljh-config set auth.NativeAuthenticator.seconds_before_next_try 60

tljh-config set limits.memory 1500M
tljh-config set limits.cpu 2
tljh-config set services.cull.timeout 3600

cp "$(dirname "$0")/course.py" /opt/tljh/config/jupyterhub_config.d/
tljh-config reload
