import org.apache.hadoop.conf.Configuration;
import org.apache.iceberg.FileScanTask;
import org.apache.iceberg.Table;
import org.apache.iceberg.expressions.Expressions;
import org.apache.iceberg.hadoop.HadoopTables;
import org.apache.iceberg.io.CloseableIterable;

/** What Iceberg's own library does to a table: plans a scan, rewrites its manifests, forgets old snapshots, sets a property. */
public class Maintain {
  public static void main(String[] arguments) throws Exception {
    Table table = new HadoopTables(new Configuration()).load(arguments[0]);
    int planned = 0;
    try (CloseableIterable<FileScanTask> files = table.newScan().filter(Expressions.equal("kind", "a")).planFiles()) {
      for (FileScanTask file : files) planned++;
    }
    table.rewriteManifests().clusterBy(file -> "all").commit();
    table.updateProperties().set("maintained-by", "java").commit();
    table.expireSnapshots().retainLast(1).expireOlderThan(System.currentTimeMillis()).commit();
    System.out.println("planned " + planned);
  }
}
